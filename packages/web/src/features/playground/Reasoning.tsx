import { useTranslation } from 'react-i18next'

/** What a model thinks before it answers: closed, as it is not what was asked for. */
export function Reasoning({ text, going }: { text: string; going: boolean }) {
  const { t } = useTranslation()
  return (
    <details className="reasoning">
      <summary>{t(going ? 'playground.answer.thinking' : 'playground.answer.reasoning')}</summary>
      <div className="plain">{text}</div>
    </details>
  )
}
