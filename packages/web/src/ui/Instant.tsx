import { useTranslation } from 'react-i18next'
import { formatInstant, formatRelative } from '../app/format.ts'

/** A time as people say it, with the exact one on hover. */
export function Instant({ at }: { at: string | null }) {
  const { t } = useTranslation()
  if (at === null) return <span style={{ color: 'var(--mantine-color-dimmed)' }}>{t('time.never')}</span>
  return (
    <time dateTime={at} title={formatInstant(at)} className="numbers">
      {formatRelative(at)}
    </time>
  )
}
