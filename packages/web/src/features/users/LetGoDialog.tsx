import '../workspaces/messages.ts'
import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { BelongingsCount } from '@tenantry/contract'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { BulkResultDialog } from './BulkResultDialog.tsx'
import { goesOn, type Leaving, type Settlement } from './belongings.ts'
import { inWords, letGo, type Outcome, settlementOfAll, together } from './bulk.ts'
import { belongingsCountQuery, refreshUsers } from './queries.ts'
import { useDecision } from './use-settlement.tsx'

type Props = { action: Leaving; ids: string[]; onClose: () => void }

/** Disables or deletes several; asks first what is to become of what they own, and tells afterwards what did. */
export function LetGoDialog({ action, ids, onClose }: Props) {
  const { t } = useTranslation()
  const { data: counts = [], isPending, error: unread } = useQuery(belongingsCountQuery(ids))
  const decision = useDecision(action, ids)
  const go = useMutation({
    mutationFn: async () => {
      const chosen = decision.value
      const settlement = settlementOfAll(counts, chosen)
      if (settlement && !decision.complete(settlement)) return null
      const outcomes = await letGo({
        ids,
        counts,
        settle: settlement && ((all) => api('bulkSettleBelongings', { body: { ids: all, ...settlement } })),
        act: (left) => api(action === 'disable' ? 'bulkDisable' : 'bulkDelete', { body: { ids: left } }),
      })
      return outcomes.map((outcome) => ({ ...outcome, words: becameOf(t, outcome, chosen) }))
    },
    // Also of what failed half-way: some may be gone.
    onSettled: () => void refreshUsers(),
  })
  if (go.data) return <BulkResultDialog items={go.data} onClose={onClose} />
  const name = t(`users.do.${action}`)
  const owners = counts.filter(goesOn)
  const { workspaces, volumes, jobs } = together(owners)
  return (
    <Modal opened onClose={onClose} title={t('users.bulk.confirm', { action: name, count: ids.length })}>
      <Stack>
        <ProblemAlert error={go.error ?? unread}>
          {!go.error && <Text size="sm">{t('workspaces.belongings.several.unread')}</Text>}
        </ProblemAlert>
        <Text size="sm">{t(`users.bulk.${action}Text`)}</Text>
        {isPending && <Skeleton h={20} w="60%" />}
        {owners.length > 0 && (
          <>
            <Owners owners={owners} of={ids.length} />
            {decision.field({
              workspaces: workspaces > 0 ? t('workspaces.belongings.several.workspaces', { count: workspaces }) : null,
              jobs: jobs > 0 ? t('workspaces.belongings.jobs', { count: jobs }) : null,
              volumes: volumes > 0 ? t('workspaces.belongings.several.volumesKept', { count: volumes }) : null,
            })}
          </>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            loading={go.isPending}
            disabled={isPending}
            {...(action === 'delete' && { color: 'red.9' })}
            onClick={() => go.mutate()}
          >
            {name}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** Who owns what. */
function Owners({ owners, of }: { owners: BelongingsCount[]; of: number }) {
  const { t } = useTranslation()
  const kinds = ['workspaces', 'jobs', 'volumes'] as const
  return (
    <div>
      <Text size="sm" mb={6}>
        {t('workspaces.belongings.several.own', { count: owners.length, of })}
      </Text>
      <ul
        className="results boxed"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well
        tabIndex={0}
        aria-label={t('workspaces.belongings.several.label')}
      >
        {owners.map(({ id, username, ...counts }) => (
          <li key={id}>
            <span>
              <strong>{username}</strong>:{' '}
              {kinds
                .filter((kind) => counts[kind] > 0)
                .map((kind) => t(`workspaces.belongings.several.${kind}`, { count: counts[kind] }))
                .join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What became of one, and of what they own, in words. */
function becameOf(t: TFunction, { done, problem, owned, settled }: Outcome, chosen: Settlement): string {
  const reason = problem ? inWords(problem) : `${t('error.title')}.`
  if (!owned) return done ? t('users.bulk.done') : reason
  const { workspaces, jobs } = owned
  const list = [
    ...(workspaces > 0 ? [t(`workspaces.belongings.several.became.${chosen.workspaces}`, { count: workspaces })] : []),
    ...(jobs > 0 ? [t(`workspaces.belongings.several.becameJobs.${chosen.jobs}`, { count: jobs })] : []),
  ].join(', ')
  if (done) return t('workspaces.belongings.several.done', { list })
  if (settled === 'refused') return t('workspaces.belongings.several.notSettled', { reason })
  return settled === 'done' ? t('workspaces.belongings.several.onlySettled', { reason, list }) : reason
}
