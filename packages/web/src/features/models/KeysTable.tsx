import { Button } from '@mantine/core'
import type { ModelKey } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { Instant } from '../../ui/Instant.tsx'
import { PersonName } from '../../ui/PersonName.tsx'
import { callName } from '../../ui/person.ts'
import { UseBar } from '../../ui/UseBar.tsx'
import { formatTokens } from './in-words.ts'
import { KeyEnd, KeyState } from './KeyState.tsx'
import { endsSoon, nextMonth } from './key-values.ts'
import { Limits } from './ModelWords.tsx'

type Props = {
  keys: ModelKey[]
  everybody: boolean
  mayRevoke: (key: ModelKey) => boolean
  onRevoke: (key: ModelKey) => void
}

/** Keys, a row each; under each other on a narrow page. */
export function KeysTable({ keys, everybody, mayRevoke, onRevoke }: Props) {
  const { t } = useTranslation()
  const columns = [
    'name',
    ...(everybody ? (['owner'] as const) : []),
    ...(['models', 'state', 'limits', 'month', 'used', 'expires'] as const),
  ] as const
  return (
    <div className="card model-list">
      <table className="data-table wrapping model-table" aria-label={t('models.keys.table')}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`models.keys.column.${column}`)}
              </th>
            ))}
            <th scope="col">
              <span className="unseen">{t('action.more')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyRow
              key={key.id}
              of={key}
              everybody={everybody}
              onRevoke={mayRevoke(key) ? () => onRevoke(key) : null}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

type RowProps = { of: ModelKey; everybody: boolean; onRevoke: (() => void) | null }
function KeyRow({ of, everybody, onRevoke }: RowProps) {
  const { t } = useTranslation()
  const column = (name: 'owner' | 'models' | 'state' | 'limits' | 'month' | 'used' | 'expires') =>
    t(`models.keys.column.${name}`)
  const all = of.mine ? t('models.keys.allMine') : t('models.keys.allModels', { owner: callName(of.owner) })
  return (
    <tr>
      <td data-cell="username">
        <bdi style={{ fontWeight: 550 }}>{of.name}</bdi>
        <code className="model-name">{of.prefix}…</code>
      </td>
      {everybody && (
        <td data-label={column('owner')}>
          <PersonName person={of.owner} />
        </td>
      )}
      <td data-label={column('models')}>
        <bdi>{of.models ? of.models.map(({ name }) => name).join(', ') : all}</bdi>
      </td>
      <td data-label={column('state')}>
        <div>
          <KeyState of={of} />
        </div>
      </td>
      <td data-label={column('limits')}>
        <div>
          <Limits limits={{ requestsPerMinute: of.requestsPerMinute, tokensPerMonth: of.tokensPerMonth }} />
        </div>
      </td>
      <td data-label={column('month')} className="holds-lines">
        <div>
          <Month used={of.tokensThisMonth} most={of.tokensPerMonth} />
        </div>
      </td>
      <td data-label={column('used')}>
        <Instant at={of.lastUsedAt} />
      </td>
      <td data-label={column('expires')}>
        <KeyEnd of={of} soon={endsSoon(of)} />
      </td>
      <td data-cell="menu">
        <div className="row-end">
          {onRevoke && (
            <Button
              variant="default"
              size="compact-sm"
              aria-label={t('models.keys.revokeNamed', { name: of.name })}
              onClick={onRevoke}
            >
              {t('models.keys.revoke')}
            </Button>
          )}
        </div>
      </td>
    </tr>
  )
}

/** Tokens of this month; of how many, where there is a limit. */
function Month({ used, most }: { used: number; most: number | null }) {
  const { t } = useTranslation()
  if (most === null) return <span className="numbers">{formatTokens(used)}</span>
  return (
    <>
      <span className="numbers whole-line">
        {t('models.keys.of', { used: formatTokens(used), most: formatTokens(most) })}
      </span>
      <UseBar used={used} free={Math.max(0, most - used)} total={most} />
      {used >= most && <span className="dim">{t('models.keys.usedUp', { when: nextMonth() })}</span>}
    </>
  )
}
