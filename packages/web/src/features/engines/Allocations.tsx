import { Button, Group, Skeleton, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlus, IconShare3 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Allocation, Engine } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { AllocationDialog } from './AllocationDialog.tsx'
import { AllocationMenu } from './AllocationMenu.tsx'
import { tellProblem } from './EngineProblem.tsx'
import { partInWords, quotaInWords } from './in-words.ts'
import { LimitsDialog } from './LimitsDialog.tsx'
import { limitsAtEngine } from './limits-at-engine.ts'
import { allocationsQuery, refreshEngines } from './queries.ts'

type Open = { command: 'allocate' } | { command: 'edit' | 'limits' | 'withdraw'; allocation: Allocation } | null

/** Which part of an engine is whose. */
export function Allocations({ engine }: { engine: Engine }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<Open>(null)
  const { data, error } = useQuery(allocationsQuery(engine.id))
  const close = () => setOpen(null)
  const { name } = engine
  const withdraw = async ({ id, tenant }: Allocation) => {
    await api('withdrawAllocation', { params: { id } })
    notifications.show({ message: t('engines.allocations.withdrawn', { tenant }), color: 'tide' })
    close()
    await refreshEngines()
  }
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{t('engines.allocations.title')}</Title>
        <Button
          size="compact-md"
          disabled={!data}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setOpen({ command: 'allocate' })}
        >
          {t('engines.allocations.allocate')}
        </Button>
      </Group>
      <ProblemAlert error={error} />
      {!data && !error && <Skeleton h={90} radius={12} />}
      {data?.length === 0 && (
        <div className="card">
          <EmptyState
            within
            icon={<IconShare3 size={18} />}
            title={t('engines.allocations.empty')}
            text={t('engines.allocations.emptyText')}
          />
        </div>
      )}
      {data && data.length > 0 && (
        <div className="card" style={{ overflowX: 'auto' }}>
          <table className="data-table wrapping" aria-label={t('engines.allocations.table', { name })}>
            <thead>
              <tr>
                <th scope="col">{t('engines.allocations.tenant')}</th>
                <th scope="col">{t('engines.allocations.part')}</th>
                <th scope="col">{t('engines.allocations.quota')}</th>
                <th scope="col">
                  <span className="unseen">{t('action.more')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map((allocation) => (
                <tr key={allocation.id}>
                  <td data-cell="username" style={{ fontWeight: 550 }}>
                    {allocation.tenant}
                  </td>
                  <td data-label={t('engines.allocations.part')}>{partInWords(t, allocation.scope)}</td>
                  <td data-label={t('engines.allocations.quota')}>{quotaInWords(t, allocation.quota)}</td>
                  <td data-cell="menu" style={{ width: 56 }}>
                    <AllocationMenu
                      tenant={allocation.tenant}
                      hasLimits={limitsAtEngine(allocation) !== null}
                      run={(command) => setOpen({ command, allocation })}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {(open?.command === 'allocate' || open?.command === 'edit') && (
        <AllocationDialog
          engine={engine}
          {...(open.command === 'edit' && { allocation: open.allocation })}
          taken={data?.map(({ tenantId }) => tenantId) ?? []}
          onClose={close}
        />
      )}
      {open?.command === 'limits' && (
        <LimitsDialog allocation={open.allocation} commands={limitsAtEngine(open.allocation) ?? ''} onClose={close} />
      )}
      {open?.command === 'withdraw' && (
        <ConfirmDialog
          title={t('engines.allocations.withdrawTitle', { tenant: open.allocation.tenant })}
          text={t('engines.allocations.withdrawText', { tenant: open.allocation.tenant, name })}
          word={{
            word: open.allocation.tenant,
            label: t('engines.allocations.confirm', { tenant: open.allocation.tenant }),
          }}
          submit={t('engines.allocations.withdraw')}
          refusal={tellProblem}
          work={() => withdraw(open.allocation)}
          onClose={close}
        />
      )}
    </section>
  )
}
