import { Group, Title } from '@mantine/core'
import type { ModelUsage } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { UseBar } from '../../ui/UseBar.tsx'
import { formatShare, formatTokens } from './in-words.ts'
import { nextMonth } from './key-values.ts'
import { ModelNamed } from './ModelNamed.tsx'

/** From which share on it is said that a limit is nearly reached. */
const near = 0.8

/** What is used of each limit this month. */
export function Budgets({ budgets }: { budgets: ModelUsage['budgets'] }) {
  const { t } = useTranslation()
  if (budgets.length === 0) return null
  return (
    <section>
      <Title order={2} mb="xs">
        {t('models.usage.budgets')}
      </Title>
      <ul className="bare-list card budgets">
        {budgets.map((budget) => (
          <Budget key={`${budget.of} ${budget.id}`} budget={budget} />
        ))}
      </ul>
    </section>
  )
}

function Budget({ budget: { of, id, name, used, most } }: { budget: ModelUsage['budgets'][number] }) {
  const { t } = useTranslation()
  const percent = formatShare(used / most)
  const over = used >= most
  return (
    <li>
      <Group justify="space-between" gap="xs" mb={6}>
        <span style={{ overflowWrap: 'anywhere' }}>
          {t(`models.usage.budgetOf.${of}`)}{' '}
          {of === 'model' ? <ModelNamed id={id} name={name} /> : <bdi style={{ fontWeight: 550 }}>{name}</bdi>}
        </span>
        <span className="numbers">
          {t('models.usage.budgetUsed', { used: formatTokens(used), most: formatTokens(most) })}
        </span>
      </Group>
      <UseBar used={used} free={Math.max(0, most - used)} total={most} />
      <p
        className="dim"
        style={{
          marginTop: 4,
          ...(used >= near * most && { color: `var(--status-${over ? 'bad' : 'warn'})` }),
        }}
      >
        {over
          ? t('models.usage.budgetOver', { when: nextMonth() })
          : t(used >= near * most ? 'models.usage.budgetNear' : 'models.usage.budgetPercent', { percent })}
      </p>
    </li>
  )
}
