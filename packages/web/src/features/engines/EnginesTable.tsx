import { Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Engine } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { Age } from './Age.tsx'
import { type EngineCommand, EngineMenu } from './EngineMenu.tsx'
import { EngineStatus } from './EngineStatus.tsx'

type Props = { engines: Engine[]; run: (command: EngineCommand, engine: Engine) => void }
const columns = ['name', 'kind', 'address', 'status', 'version', 'age', 'tenants'] as const

export function EnginesTable({ engines, run }: Props) {
  const { t } = useTranslation()
  const none = t('engines.none')
  return (
    <div className="card" style={{ overflowX: 'auto' }}>
      <table className="data-table wrapping" aria-label={t('engines.table')}>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {t(`engines.column.${name}`)}
              </th>
            ))}
            <th scope="col">
              <span className="unseen">{t('action.more')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {engines.map((engine) => (
            <tr key={engine.id}>
              <td data-cell="username">
                <Link
                  to="/engines/$id"
                  params={{ id: engine.id }}
                  style={{ color: 'inherit', fontWeight: 550, textDecoration: 'none' }}
                >
                  <bdi>{engine.name}</bdi>
                </Link>
              </td>
              <td data-label={t('engines.column.kind')}>{t(`engines.kind.${engine.kind}`)}</td>
              <td data-label={t('engines.column.address')}>{engine.address ?? none}</td>
              <td data-label={t('engines.column.status')} style={{ maxWidth: 340 }}>
                <EngineStatus status={engine.health.status} />
                {engine.health.reason && (
                  <Text size="xs" c="dimmed">
                    {engine.health.reason}
                  </Text>
                )}
              </td>
              <td data-label={t('engines.column.version')}>{engine.version ?? none}</td>
              <td data-label={t('engines.column.age')} style={{ minWidth: 90 }}>
                <Age asOf={engine.health.asOf} />
              </td>
              <td data-label={t('engines.column.tenants')} className="numbers">
                {formatNumber(engine.tenants)}
              </td>
              <td data-cell="menu">
                <EngineMenu engine={engine} run={run} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
