import type { AnswerFigures } from '@tenantry/contract'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { costOf, durationOf, endOf, speedOf } from './figures.ts'

type Props = { figures: AnswerFigures; fastest: boolean; soonest: boolean }

/** What an answer took, each under its name: beside each other they are compared row by row. */
export function Figures({ figures, fastest, soonest }: Props) {
  const { t } = useTranslation()
  const { usage, firstTokenMs, tokensPerSecond, totalMs, finishReason, cost } = figures
  const unknown = t('playground.figures.unknown')
  const tokens = (count: number | undefined) =>
    count === undefined ? (
      unknown
    ) : (
      <>
        <span title={t('playground.figures.tokens', { count })}>{formatNumber(count)}</span>
        {usage?.estimated && (
          <span className="figure-note" title={t('playground.figures.estimatedHelp')}>
            {t('playground.figures.estimated')}
          </span>
        )}
      </>
    )
  const mark = (word: string) => <strong className="figure-mark">{word}</strong>
  // Of an answer that was left, what nobody knows is nothing to compare.
  const left = finishReason === 'stopped' || finishReason === 'cut_off'
  const isKnown = (value: unknown) => !left || (value !== null && value !== undefined)
  const rows = [
    isKnown(usage) && [t('playground.figures.input'), tokens(usage?.input)],
    isKnown(usage) && [t('playground.figures.output'), tokens(usage?.output)],
    isKnown(firstTokenMs) && [
      t('playground.figures.first'),
      <>
        {firstTokenMs === null ? t('playground.figures.none') : durationOf(firstTokenMs)}
        {soonest && mark(t('playground.figures.soonest'))}
      </>,
    ],
    isKnown(tokensPerSecond) && [
      t('playground.figures.speed'),
      <>
        {tokensPerSecond === null ? unknown : t('playground.figures.perSecond', { value: speedOf(tokensPerSecond) })}
        {fastest && mark(t('playground.figures.fastest'))}
      </>,
      t('playground.figures.speedHelp'),
    ],
    [t('playground.figures.total'), durationOf(totalMs)],
    cost !== null && [t('playground.figures.cost'), costOf(cost)],
    // The one that may take more than a line comes last: the others stay beside their like.
    [t('playground.figures.end'), endOf(t, finishReason)],
  ].filter((row) => row !== false) as [name: string, value: ReactNode, title?: string][]
  return (
    <dl className="figures numbers" aria-label={t('playground.figures.label')}>
      {rows.map(([name, value, title]) => (
        <div key={name} title={title}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
