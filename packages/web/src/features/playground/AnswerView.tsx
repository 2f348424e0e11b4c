import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle, IconBraces, IconRefresh } from '@tabler/icons-react'
import type { ChatAnswer } from '@tenantry/contract'
import { memo, useDeferredValue } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../ui/CopyButton.tsx'
import type { Live } from './chat-store.ts'
import { Figures } from './Figures.tsx'
import { Markdown } from './Markdown.tsx'
import { Reasoning } from './Reasoning.tsx'

type Props = {
  name: string
  answer: ChatAnswer | null
  live: Live | undefined
  fastest: boolean
  soonest: boolean
  onRaw: () => void
  /** Absent where nothing may be asked. */
  onRetry?: (() => void) | undefined
}

/** What one model answered, or is answering. */
export const AnswerView = memo(function AnswerView({ name, answer, live, onRaw, onRetry, ...best }: Props) {
  const { t } = useTranslation()
  const text = live?.text ?? answer?.text ?? ''
  // Writing goes before drawing, where a long answer is slow to draw.
  const drawn = useDeferredValue(text)
  const reasoning = live?.reasoning ?? answer?.reasoning ?? ''
  const figures = answer?.figures
  return (
    <article className="answer" aria-label={t('playground.answer.of', { name })} aria-busy={live ? true : undefined}>
      <h3 className="answer-name">{name}</h3>
      <div className="answer-body">
        {reasoning !== '' && <Reasoning text={reasoning} going={Boolean(live) && text === ''} />}
        {drawn !== '' && <Markdown text={drawn} />}
        {live && (
          <p className="answer-going">
            <span className="pulse" aria-hidden />
            {text === '' && t(reasoning === '' ? 'playground.answer.waiting' : 'playground.answer.thinking')}
          </p>
        )}
        {!live && !answer && <p className="answer-none">{t('playground.answer.notAsked')}</p>}
        {answer && text === '' && !answer.error && figures?.finishReason !== 'stopped' && (
          <p className="answer-none">{t('playground.answer.empty')}</p>
        )}
        {figures?.finishReason === 'stopped' && <p className="answer-none">{t('playground.answer.stopped')}</p>}
        {answer?.error && (
          <Alert
            color="red"
            variant="outline"
            icon={<IconAlertTriangle aria-hidden />}
            title={t('playground.answer.failed')}
          >
            {answer.error}
            {onRetry && (
              <Button
                variant="default"
                size="compact-sm"
                mt="xs"
                display="block"
                leftSection={<IconRefresh size={14} aria-hidden />}
                onClick={onRetry}
              >
                {t('playground.answer.retry')}
              </Button>
            )}
          </Alert>
        )}
      </div>
      <div className="answer-foot">
        {figures && <Figures figures={figures} {...best} />}
        <div className="answer-tools">
          {answer && answer.text !== '' && (
            <CopyButton
              value={answer.text}
              label={t('playground.answer.copy')}
              size="compact-xs"
              variant="subtle"
              color="gray"
            />
          )}
          {(answer || live) && (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconBraces size={16} aria-hidden />}
              onClick={onRaw}
            >
              {t('playground.answer.raw')}
            </Button>
          )}
        </div>
      </div>
    </article>
  )
})
