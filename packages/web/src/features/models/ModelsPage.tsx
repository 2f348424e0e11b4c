import './messages.ts'
import './models.css'
import { Button, Group, Skeleton } from '@mantine/core'
import { IconCube, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Model } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { ModelSections } from './ModelSections.tsx'
import { ModelsTable } from './ModelsTable.tsx'
import { modelsQuery } from './queries.ts'
import { useModelCommands } from './use-model-commands.tsx'

const has = (q: string, { title, name, description }: Model): boolean =>
  [title, name, description].some((text) => text.toLowerCase().includes(q.toLowerCase()))

/** The models that one may use, or all that are published for whoever publishes. */
export function ModelsPage() {
  const { t } = useTranslation()
  const { tenant, may } = useSession()
  const seeing = may('model.view') || may('model.publish')
  const list = useQuery({ ...modelsQuery, enabled: seeing })
  const { run, dialogs, problem } = useModelCommands()
  const [q, setQ] = useState('')
  if (!seeing) return <NoAccess title={t('models.title')} needs="model.view" />
  const publish = may('model.publish') && (
    <Button component={Link} to="/models/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('models.do.publish')}
    </Button>
  )
  const models = list.data
  const shown = models?.filter((model) => has(q, model)) ?? []
  const icon = <IconCube size={22} />
  return (
    <>
      <PageHeader title={t('models.title')} lead={t('models.lead', { tenant: tenant.name })}>
        {models && models.length > 0 && publish}
      </PageHeader>
      <ModelSections />
      <ProblemAlert error={list.error ?? problem}>
        {list.error && (
          <Button variant="default" size="compact-sm" mt="xs" onClick={() => void list.refetch()}>
            {t('action.retry')}
          </Button>
        )}
      </ProblemAlert>
      {list.isPending && <Skeleton h={240} radius={12} />}
      {models && models.length > 0 && (
        <Group mb="md" role="search">
          <SearchField label={t('models.filter')} placeholder={t('models.filter')} value={q} onSearch={setQ} />
        </Group>
      )}
      {models && shown.length === 0 && (
        <div className="card">
          {models.length > 0 ? (
            <EmptyState
              icon={icon}
              title={t('models.empty.noMatch')}
              text={t('models.empty.noMatchText')}
              onClear={() => setQ('')}
            />
          ) : (
            <EmptyState
              icon={icon}
              title={t('models.empty.none')}
              text={t(publish ? 'models.empty.publish' : 'models.empty.ask')}
            >
              {publish}
            </EmptyState>
          )}
        </div>
      )}
      {shown.length > 0 && <ModelsTable models={shown} run={run} />}
      {dialogs}
    </>
  )
}
