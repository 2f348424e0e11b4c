import { Component, memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { CodeBlock } from './CodeBlock.tsx'
import { blocksOf } from './markdown-blocks.ts'
import { parts, safeAddress } from './markdown-parts.tsx'

const plugins = [remarkGfm]
const allowed = [
  ...[
    'p',
    'br',
    'hr',
    'em',
    'strong',
    'del',
    'a',
    'img',
    'code',
    'pre',
    'blockquote',
    'ul',
    'ol',
    'li',
    'input',
    'sup',
  ],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'section'],
]

/** An answer as it is meant to be read. Nothing in it runs, loads, or leads anywhere unseen. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      {blocksOf(text).map((block, n) =>
        block.is === 'code' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks only grow in number
          <CodeBlock key={n} language={block.language} text={block.text} />
        ) : block.is === 'plain' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks only grow in number
          <Plain key={n} text={block.text} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks only grow in number
          <Guard key={n} text={block.text}>
            <Text text={block.text} />
          </Guard>
        ),
      )}
    </div>
  )
}

const Text = memo(function Text({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={plugins}
      components={parts}
      allowedElements={allowed}
      unwrapDisallowed
      urlTransform={(url) => (safeAddress(url) ? url : '')}
    >
      {text}
    </ReactMarkdown>
  )
})

const Plain = memo(function Plain({ text }: { text: string }) {
  const { t } = useTranslation()
  return (
    <>
      <p className="plain-note">{t('playground.answer.plain')}</p>
      <div className="plain">{text}</div>
    </>
  )
})

/** What cannot be drawn as Markdown is shown as it is. */
class Guard extends Component<{ text: string; children: ReactNode }, { failed: string | null }> {
  override state = { failed: null }
  static getDerivedStateFromError() {
    return { failed: 'once' }
  }
  override render() {
    return this.state.failed === null ? this.props.children : <Plain text={this.props.text} />
  }
}
