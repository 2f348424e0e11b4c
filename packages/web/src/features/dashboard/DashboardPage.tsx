import { Button, Text } from '@mantine/core'
import { IconLayoutDashboard, IconLayoutGridAdd, IconPencil } from '@tabler/icons-react'
import { usePrefetchQuery, useQuery } from '@tanstack/react-query'
import type { Layout, WidgetType } from '@tenantry/contract'
import { offered, placeLayout, saveable } from '@tenantry/contract/layout'
import { Suspense, useRef, useState, useTransition } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useEvents } from '../../app/events.ts'
import { lazyPart } from '../../app/lazy.ts'
import { queryClient, useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { LiveSign } from '../../ui/LiveSign.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { Grid, placeOf } from './Grid.tsx'
import { layoutQuery, overviewQuery, productLayout, resourceRights, useView } from './queries.ts'
import { WidgetFrame } from './WidgetFrame.tsx'
import { CardSkeleton } from './widgets/parts.tsx'

const loadEditor = async () => (await import('./Editor.tsx')).Editor
const Editor = lazyPart(loadEditor)

/** `draft`: what was being made of the layout when it was given up. */
type Editing = { draft?: Layout; palette: boolean } | null

/** The landing page: the widgets of whoever looks, as they laid them out, and alive. */
export function DashboardPage() {
  const { t } = useTranslation()
  const { user, tenant } = useSession()
  const view = useView()
  const connection = useEvents()
  const answer = useQuery(layoutQuery)
  usePrefetchQuery(overviewQuery)
  const [editing, setEditing] = useState<Editing>(null)
  const [starting, start] = useTransition()
  const editButton = useRef<HTMLButtonElement>(null)

  const layout = answer.data?.layout ?? productLayout
  const shown = placeLayout(layout, view)
  const fresh = answer.data?.source === 'own' ? offered(layout, view).unseen.length : 0
  // The page stays as it is until what it is edited with is there.
  const edit = (how: NonNullable<Editing>) => start(() => setEditing(how))
  const close = () => {
    setEditing(null)
    requestAnimationFrame(() => editButton.current?.focus())
  }
  const dismiss = async () => {
    if (!answer.data) return
    const { revision } = answer.data
    const saved = await api('saveLayout', { body: { layout: saveable(layout, view), revision } }).catch(() => null)
    if (saved) queryClient.setQueryData(layoutQuery.queryKey, saved)
    else await answer.refetch()
  }

  const lead = tenant.kind === 'platform' ? t('dashboard.leadPlatform') : t('dashboard.lead', { tenant: tenant.name })
  return (
    <>
      <PageHeader title={t('dashboard.title')} lead={`${t('dashboard.hello', { name: user.firstName })}. ${lead}`}>
        <LiveSign connection={connection} />
        {!editing && fresh > 0 && (
          <Button.Group>
            <Button
              variant="light"
              leftSection={<IconLayoutGridAdd size={16} aria-hidden />}
              onClick={() => edit({ palette: true })}
            >
              {t('dashboard.fresh', { count: fresh })}
            </Button>
            <Button variant="light" px="xs" onClick={() => void dismiss()}>
              {t('dashboard.freshDismiss')}
            </Button>
          </Button.Group>
        )}
        {!editing && (
          <Button
            ref={editButton}
            variant="default"
            leftSection={<IconPencil size={16} aria-hidden />}
            loading={starting}
            disabled={!answer.data}
            onPointerEnter={() => void loadEditor()}
            onClick={() => edit({ palette: false })}
          >
            {t('dashboard.edit.open')}
          </Button>
        )}
      </PageHeader>
      {!resourceRights.some(view.may) && (
        <Text size="sm" c="dimmed" mb="md">
          {t('dashboard.none')}. {t('dashboard.noneText')}
        </Text>
      )}
      {answer.error && !answer.data && (
        <div style={{ marginBottom: 16 }}>
          <ProblemAlert error={answer.error}>
            <Text size="sm">{t('dashboard.noLayout')}</Text>
          </ProblemAlert>
        </div>
      )}
      {editing && answer.data ? (
        <Suspense>
          <Editor
            answer={answer.data}
            view={view}
            {...(editing.draft && { draft: editing.draft })}
            palette={editing.palette}
            onClose={close}
            onReopen={(draft) => edit({ draft, palette: false })}
          />
        </Suspense>
      ) : shown.length === 0 ? (
        <div className="card">
          <EmptyState
            icon={<IconLayoutDashboard size={22} />}
            title={t('dashboard.bare')}
            text={t('dashboard.bareText')}
          >
            {answer.data && (
              <Button variant="default" onClick={() => edit({ palette: true })}>
                {t('dashboard.edit.add')}
              </Button>
            )}
          </EmptyState>
        </div>
      ) : (
        <Grid>
          {shown.map((item) =>
            // Widgets of the default for a moment and then elsewhere would be worse than none for that moment.
            answer.isPending ? (
              <div key={item.type} className="card widget widget-body" style={placeOf(item)}>
                <CardSkeleton />
              </div>
            ) : (
              <WidgetFrame key={item.type} type={item.type as WidgetType} style={placeOf(item)} />
            ),
          )}
        </Grid>
      )}
    </>
  )
}
