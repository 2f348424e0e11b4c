import './messages.ts'
import './models.css'
import { Button, Group, SegmentedControl, Skeleton, Switch } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ModelKey } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { NoAccess } from '../../ui/NoAccess.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { callWhole } from '../../ui/person.ts'
import { SearchField } from '../../ui/SearchField.tsx'
import { KeysTable } from './KeysTable.tsx'
import { ModelSections } from './ModelSections.tsx'
import type { KeySearch } from './model-search.ts'
import { NewKeyDialog } from './NewKeyDialog.tsx'
import { keysQuery, refreshKeys } from './queries.ts'

/** Model keys: one's own, or everybody's for who may see them. */
export function KeysPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { may, visitingFrom } = useSession()
  const { create, ...search }: KeySearch = useSearch({ from: '/shell/models/keys' })
  const [own, all] = [may('model_key.create_own'), may('model_key.view_all')]
  // Whoever may see everybody's alone, and make none, sees everybody's.
  const asked: typeof search =
    all && !own ? { ...search, whose: 'all' } : all ? search : { ...search, whose: undefined }
  const list = useQuery({ ...keysQuery(asked), enabled: own || all })
  const nothing = list.data?.items.length === 0 && !search.q && search.ended !== 'yes'
  const { data: ended } = useQuery({ ...keysQuery({ ...asked, ended: 'yes' }), enabled: (own || all) && nothing })
  const someEnded = nothing && (ended?.items.length ?? 0) > 0
  const [leaving, setLeaving] = useState<ModelKey | null>(null)
  if (!own && !all) return <NoAccess title={t('models.keys.title')} needs="model_key.create_own" />

  const go = (change: { [Name in keyof KeySearch]?: KeySearch[Name] | undefined }, replace = false) =>
    void navigate({
      to: '/models/keys',
      replace,
      search: Object.fromEntries(
        Object.entries({ ...search, cursor: undefined, ...change }).filter(([, value]) => value !== undefined),
      ) as KeySearch,
    })
  // The server makes no keys for guests.
  const mayCreate = own && !visitingFrom
  const mayRevoke = ({ mine, state }: ModelKey) =>
    (state === 'active' || state === 'idle') && (may('model_key.revoke_all') || (mine && own))
  const revoke = async ({ id, name }: ModelKey) => {
    await api('revokeModelKey', { params: { id } })
    notifications.show({ message: t('models.keys.revoked', { name }), color: 'tide' })
    setLeaving(null)
    await refreshKeys()
  }
  const { items, next, previous } = list.data ?? {}
  const createButton = mayCreate && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => go({ create: true }, true)}>
      {t('models.keys.create')}
    </Button>
  )
  const everybody = asked.whose === 'all'
  return (
    <>
      <PageHeader title={t('models.keys.title')} lead={t('models.keys.lead')}>
        {(!nothing || someEnded) && createButton}
      </PageHeader>
      <ModelSections />
      <Group gap="sm" mb="md" role="search">
        <SearchField
          label={t('models.keys.search')}
          placeholder={t('models.keys.search')}
          value={search.q ?? ''}
          onSearch={(q) => go({ q: q || undefined }, true)}
        />
        {own && all && (
          <SegmentedControl
            aria-label={t('models.keys.whose')}
            data={[
              { value: 'mine', label: t('models.keys.mine') },
              { value: 'all', label: t('models.keys.everybody') },
            ]}
            value={everybody ? 'all' : 'mine'}
            onChange={(value) => go({ whose: value === 'all' ? 'all' : undefined })}
          />
        )}
        <Switch
          label={t('models.keys.ended')}
          checked={search.ended === 'yes'}
          onChange={(event) => go({ ended: event.currentTarget.checked ? 'yes' : undefined })}
        />
      </Group>
      {visitingFrom && own && (
        <p className="dim" style={{ marginBottom: 12 }}>
          {t('models.keys.visiting')}
        </p>
      )}
      <ProblemAlert error={list.error}>
        <Button
          variant="default"
          size="compact-sm"
          mt="xs"
          onClick={() => (search.cursor ? go({}) : void list.refetch())}
        >
          {t('action.retry')}
        </Button>
      </ProblemAlert>
      {list.isPending && <Skeleton h={200} radius={12} />}
      {items?.length === 0 && (
        <div className="card">
          <EmptyState
            icon={<IconKey size={22} />}
            title={t(search.q ? 'models.keys.noMatch' : someEnded ? 'models.keys.noneActive' : 'models.keys.none')}
            text={t(
              search.q ? 'models.keys.noMatchText' : everybody ? 'models.keys.noneOther' : 'models.keys.noneText',
            )}
            onClear={search.q ? () => go({ q: undefined }) : undefined}
          >
            {!search.q && !someEnded && createButton}
            {someEnded && (
              <Button variant="default" onClick={() => go({ ended: 'yes' })}>
                {t('models.keys.showEnded')}
              </Button>
            )}
          </EmptyState>
        </div>
      )}
      {items && items.length > 0 && (
        <KeysTable keys={items} everybody={everybody} mayRevoke={mayRevoke} onRevoke={setLeaving} />
      )}
      {(previous || next) && (
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" disabled={!previous} onClick={() => go({ cursor: previous ?? undefined })}>
            {t('page.previous')}
          </Button>
          <Button variant="default" disabled={!next} onClick={() => go({ cursor: next ?? undefined })}>
            {t('page.next')}
          </Button>
        </Group>
      )}
      {create && mayCreate && <NewKeyDialog onClose={() => go({}, true)} />}
      {leaving && (
        <ConfirmDialog
          title={t('models.keys.revokeTitle', { name: leaving.name })}
          text={
            (leaving.mine ? '' : `${t('models.keys.revokeOther', { owner: callWhole(leaving.owner) })} `) +
            t('models.keys.revokeText')
          }
          submit={t('models.keys.revoke')}
          work={() => revoke(leaving)}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  )
}
