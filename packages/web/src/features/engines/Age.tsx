import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatInstant } from '../../app/format.ts'

const steps = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const

/** How old data is, counting on by itself. */
export function Age({ asOf }: { asOf: string | null }) {
  const { t } = useTranslation()
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(ticking)
  }, [])
  if (asOf === null) return <span style={{ color: 'var(--mantine-color-dimmed)' }}>{t('engines.age.none')}</span>
  // The clock of the server may be ahead of this one.
  const seconds = Math.max(0, Math.floor((now - new Date(asOf).getTime()) / 1000))
  const [unit, size] = steps.find(([, size]) => seconds >= size) ?? (['s', 1] as const)
  return (
    <time dateTime={asOf} title={formatInstant(asOf)} className="numbers">
      {t(`engines.age.${unit}`, { n: Math.floor(seconds / size) })}
    </time>
  )
}
