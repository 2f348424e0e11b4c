import { ActionIcon } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { Model, ModelUse } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../../app/announce.ts'
import { formatNumber } from '../../app/format.ts'
import { copy } from '../../ui/CopyButton.tsx'
import { formatMoney, formatShare, formatTokens, limitsInWords } from './in-words.ts'

/** What a model is used for. */
export function Uses({ uses }: { uses: ModelUse[] }) {
  const { t } = useTranslation()
  return (
    <ul className="bare-list model-uses">
      {uses.map((use) => (
        <li key={use}>{t(`models.use.${use}`)}</li>
      ))}
    </ul>
  )
}

/** Characters: a name that is no longer stands on one line. */
const mostWhole = 26

/** What it is called in requests, to copy. */
export function NameToCopy({ name }: { name: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copyIt = async (beside: HTMLElement) => {
    const done = await copy(name, beside)
    setCopied(done)
    announce(t(done ? 'action.copied' : 'action.copyFailed'))
  }
  return (
    <span className="model-name" data-whole={name.length <= mostWhole || undefined}>
      <bdi>{name}</bdi>{' '}
      <ActionIcon
        className="model-name-copy"
        variant="subtle"
        color="gray"
        size={24}
        aria-label={t('models.copyName', { name })}
        title={t(copied ? 'action.copied' : 'action.copy')}
        onClick={(event) => void copyIt(event.currentTarget.parentElement ?? document.body)}
        onBlur={() => setCopied(false)}
      >
        {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      </ActionIcon>
    </span>
  )
}

export function Price({ price }: { price: Model['price'] }) {
  const { t } = useTranslation()
  if (!price) return <span className="dim">{t('models.price.none')}</span>
  const { currency } = price
  return (
    <>
      {(['input', 'output'] as const).map((kind) => (
        <span key={kind} className="numbers whole-line">
          {t(`models.price.${kind}`, { money: formatMoney(price[kind], currency) })}
        </span>
      ))}
      <span className="dim whole-line">{t('models.price.unit')}</span>
    </>
  )
}

/** Each limit on a line of its own; `none` where there is none. */
export function Limits({ limits }: { limits: Parameters<typeof limitsInWords>[1] }) {
  const { t } = useTranslation()
  const lines = limitsInWords(t, limits)
  if (lines.length === 0) return <span className="dim">{t('models.limit.none')}</span>
  return (
    <>
      {lines.map((line) => (
        <span key={line} className="numbers whole-line">
          {line}
        </span>
      ))}
    </>
  )
}

export function ContextLength({ tokens }: { tokens: number | null }) {
  const { t } = useTranslation()
  if (tokens === null) return null
  return <span className="numbers whole-line">{t('models.tokens', { n: formatNumber(tokens) })}</span>
}

/** What a model has to do right now, where its endpoint tells. */
export function Load({ metrics }: { metrics: Model['metrics'] }) {
  const { t } = useTranslation()
  const { running = null, waiting = null, cacheUse = null, completionTokensPerSecond: speed = null } = metrics ?? {}
  const lines = [
    running !== null &&
      t('models.load.requests', { running: formatNumber(running), waiting: formatNumber(waiting ?? 0) }),
    cacheUse !== null && t('models.load.cache', { percent: formatShare(cacheUse) }),
    speed !== null && t('models.load.speed', { n: formatTokens(Math.round(speed)) }),
  ].filter((line) => line !== false)
  if (lines.length === 0) return <span className="dim">{t('models.load.none')}</span>
  return (
    <>
      {lines.map((line) => (
        <span key={line} className="numbers whole-line">
          {line}
        </span>
      ))}
    </>
  )
}
