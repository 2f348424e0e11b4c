import type { ModelKey } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatInstant, formatRelative } from '../../app/format.ts'
import { formatDate } from './key-values.ts'

const looks: Record<ModelKey['state'], [color: string, shape: 'dot' | 'ring' | 'square']> = {
  active: ['good', 'dot'],
  idle: ['warn', 'ring'],
  expired: ['idle', 'ring'],
  revoked: ['idle', 'square'],
}

/** Whether a key works, in a word with a mark whose shape differs, and why it does not. */
export function KeyState({ of }: { of: ModelKey }) {
  const { t } = useTranslation()
  const [color, shape] = looks[of.state]
  return (
    <>
      <span className="status" data-shape={shape} style={{ color: `var(--status-${color})` }}>
        <span>{t(`models.keys.state.${of.state}`)}</span>
      </span>
      {of.state === 'idle' && <span className="dim">{t('models.keys.idleText')}</span>}
      {of.revokedAt && (
        <span className="dim">{t('models.keys.revokedAt', { when: formatRelative(of.revokedAt) })}</span>
      )}
    </>
  )
}

/** When a key ends; in words of their own where that is within a week. */
export function KeyEnd({ of, soon }: { of: ModelKey; soon: boolean }) {
  const { t } = useTranslation()
  if (of.expiresAt === null) return <span className="dim">{t('models.keys.never')}</span>
  if (!soon)
    return (
      <time dateTime={of.expiresAt} title={formatInstant(of.expiresAt)} className="numbers">
        {formatDate(new Date(of.expiresAt))}
      </time>
    )
  return (
    <time
      dateTime={of.expiresAt}
      title={formatInstant(of.expiresAt)}
      style={{ color: 'var(--status-warn)', fontWeight: 550 }}
    >
      {t('models.keys.soon', { when: formatRelative(of.expiresAt) })}
    </time>
  )
}
