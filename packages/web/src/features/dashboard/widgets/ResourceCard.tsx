import { Button } from '@mantine/core'
import { IconCpu } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Card, ResourceKind } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatMemory, formatNumber } from '../../../app/format.ts'
import { useSession } from '../../../app/session.ts'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { ResourceStateBadge } from '../../../ui/ResourceStateBadge.tsx'
import { UseBar } from '../../../ui/UseBar.tsx'
import { overviewQuery } from '../queries.ts'
import { EngineAges } from './EngineAges.tsx'
import { CardError, CardSkeleton } from './parts.tsx'

const paths = { baremetal: '/bare-metal', vm: '/virtual-machines', kubernetes: '/kubernetes', slurm: '/slurm' } as const

/** The resources of one kind: how many and how they are, what they have, what needs attention, and how old that is. */
export function ResourceCard({ kind }: { kind: ResourceKind }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const overview = useQuery(overviewQuery)
  if (overview.isPending) return <CardSkeleton />
  if (!overview.data) return <CardError error={overview.error} onRetry={() => void overview.refetch()} />
  const card = overview.data.cards.find((one) => one.kind === kind)
  const icon = <IconCpu size={18} />
  if (!card || card.state === 'no_engine')
    return (
      <EmptyState
        within
        icon={icon}
        title={t('dashboard.empty')}
        text={may('engine.connect') ? t('dashboard.emptyPlatform') : t('dashboard.emptyText')}
      >
        {may('engine.connect') && (
          <Button component={Link} to="/engines" variant="default" size="compact-sm">
            {t('nav.engines')}
          </Button>
        )}
      </EmptyState>
    )
  return (
    <div className="resource-card">
      {card.count === 0 ? (
        <EmptyState within icon={icon} title={t(`dashboard.nothing.${kind}`)} text={t('dashboard.nothing.text')} />
      ) : (
        <>
          <div className="resource-line">
            <p className="resource-count">
              <b className="numbers">{formatNumber(card.count)}</b>{' '}
              {t(`dashboard.count.${kind}`, { count: card.count })}
            </p>
            <ul className="bare-list chips">
              {card.states
                .filter(({ count }) => count > 0)
                .map(({ state, count }) => (
                  <li key={state}>
                    <ResourceStateBadge state={state} count={formatNumber(count)} />
                  </li>
                ))}
            </ul>
          </div>
          <Amounts card={card} />
          <Attention card={card} />
        </>
      )}
      <EngineAges engines={card.engines} />
    </div>
  )
}

function Amounts({ card: { gpus, cpus, memoryMiB, jobs } }: { card: Card }) {
  const { t } = useTranslation()
  const more = [
    cpus && t('dashboard.cpus', { used: formatNumber(cpus.used), total: formatNumber(cpus.total) }),
    memoryMiB && t('dashboard.memory', { used: formatMemory(memoryMiB.used), total: formatMemory(memoryMiB.total) }),
    jobs && t('dashboard.jobs.counts', { running: formatNumber(jobs.running), pending: formatNumber(jobs.pending) }),
  ].filter((text) => text !== null)
  return (
    <>
      {gpus.length > 0 && (
        <ul className="bare-list amounts" aria-label={t('dashboard.gpu.title')}>
          {gpus.map((amount) => (
            <li key={`${amount.model} ${amount.profile}`}>
              <span className="amount-name">
                <bdi>{amount.model}</bdi>
                {amount.profile && <span className="slice">{amount.profile}</span>}
              </span>
              <UseBar {...amount} />
              <span className="amount-text numbers">
                {t('dashboard.gpu.of', {
                  used: formatNumber(amount.used),
                  total: formatNumber(amount.total),
                  free: formatNumber(amount.free),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
      {more.length > 0 && <p className="dim numbers">{more.join(' · ')}</p>}
    </>
  )
}

function Attention({ card: { kind, attention } }: { card: Card }) {
  const { t } = useTranslation()
  if (attention.length === 0) return null
  return (
    <div>
      <h3 className="small-head">{t('dashboard.attention')}</h3>
      <ul className="bare-list attention">
        {attention.map(({ id, name, state, reason }) => (
          <li key={id}>
            <Link to={`${paths[kind]}/${id}` as '/dashboard'}>
              <bdi>{name}</bdi>
            </Link>
            <ResourceStateBadge state={state} />
            {reason && (
              <bdi className="reason" title={reason}>
                {reason}
              </bdi>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
