import { useTranslation } from 'react-i18next'
import { Disclosure } from '../../ui/Disclosure.tsx'

/** What a model thinks before it answers: closed, as it is not what was asked for. */
export function Reasoning({ text, going }: { text: string; going: boolean }) {
  const { t } = useTranslation()
  return (
    <div className="reasoning">
      <Disclosure summary={t(going ? 'playground.answer.thinking' : 'playground.answer.reasoning')}>
        <div className="plain">{text}</div>
      </Disclosure>
    </div>
  )
}
