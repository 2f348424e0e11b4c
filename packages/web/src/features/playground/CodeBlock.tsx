import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../ui/CopyButton.tsx'

/** Code of an answer, with what it is written in. */
export const CodeBlock = memo(function CodeBlock({ language, text }: { language: string; text: string }) {
  const { t } = useTranslation()
  const name = language || t('playground.answer.code')
  return (
    <div className="code-block">
      <div className="code-block-bar">
        <span>{name}</span>
        <CopyButton value={text} size="compact-xs" variant="subtle" color="gray" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  )
})
