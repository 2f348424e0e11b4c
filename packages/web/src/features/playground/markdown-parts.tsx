import { isValidElement, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Components } from 'react-markdown'
import { CodeBlock } from './CodeBlock.tsx'

/** The address where a link may lead: elsewhere, by the web or by mail. Null for everything else. */
export function safeAddress(href: unknown): URL | null {
  if (typeof href !== 'string' || !/^(?:https?:\/\/|mailto:)/i.test(href)) return null
  const url = URL.canParse(href) ? new URL(href) : null
  return url && ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url : null
}

/** What is read of a part of a page. */
export function wordsOf(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node)
  if (Array.isArray(node)) return node.map(wordsOf).join('')
  return isValidElement<{ children?: ReactNode }>(node) ? wordsOf(node.props.children) : ''
}

const bare = (address: string) =>
  address
    .replace(/^(?:https?:\/\/|mailto:)/i, '')
    .replace(/\/$/, '')
    .toLowerCase()

function OutwardLink({ href, children }: { href?: string | undefined; children?: ReactNode }) {
  const url = safeAddress(href)
  if (!url) return <span>{children}</span>
  const said = wordsOf(children).trim()
  // A text may name another place than where it leads.
  const told = bare(said) === bare(href ?? '') || bare(said) === bare(url.href)
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
      {said === '' ? url.href : children}
      {!told && said !== '' && (
        <span className="link-host"> ({url.protocol === 'mailto:' ? url.pathname : url.host})</span>
      )}
    </a>
  )
}

/** An image is not loaded: that would tell its server who reads this, and when. */
function ImageLink({ src, alt }: { src?: unknown; alt?: string | undefined }) {
  const { t } = useTranslation()
  const words = alt ? t('playground.answer.image', { alt }) : t('playground.answer.imageNoAlt')
  return <OutwardLink href={typeof src === 'string' ? src : undefined}>{words}</OutwardLink>
}

function TaskMark({ checked }: { checked?: boolean | undefined }) {
  const { t } = useTranslation()
  return (
    <span role="img" aria-label={t(checked ? 'playground.answer.done' : 'playground.answer.open')}>
      {checked ? '☑' : '☐'}
    </span>
  )
}

function ScrollingTable({ children }: { children?: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well
    <div className="markdown-table" tabIndex={0}>
      <table>{children}</table>
    </div>
  )
}

function Fenced({ children }: { children?: ReactNode }) {
  const code = isValidElement<{ className?: string; children?: ReactNode }>(children) ? children.props : null
  const language = /language-(\S+)/.exec(code?.className ?? '')?.[1] ?? ''
  return <CodeBlock language={language} text={wordsOf(code?.children ?? children).replace(/\n$/, '')} />
}

const heading = (level: number) =>
  function Heading({ children }: { children?: ReactNode }) {
    // All on one level under the answer, in whatever order a model has them.
    return <h4 data-level={level}>{children}</h4>
  }
const element = (Tag: 'p' | 'ul' | 'li' | 'sup' | 'section' | 'blockquote' | 'em' | 'strong' | 'del') =>
  function Element({ children }: { children?: ReactNode }) {
    // Nothing is taken over but what it says: no id, no class.
    return <Tag>{children}</Tag>
  }

/** What is drawn of Markdown, and how. What is not named here is drawn without a single attribute of the model’s. */
export const parts: Components = {
  a: ({ href, children }) => <OutwardLink href={href}>{children}</OutwardLink>,
  img: ({ src, alt }) => <ImageLink src={src} alt={alt} />,
  input: ({ checked }) => <TaskMark checked={checked} />,
  pre: ({ children }) => <Fenced>{children}</Fenced>,
  table: ({ children }) => <ScrollingTable>{children}</ScrollingTable>,
  ol: ({ start, children }) => <ol start={start}>{children}</ol>,
  h1: heading(1),
  h2: heading(2),
  h3: heading(3),
  h4: heading(4),
  h5: heading(5),
  h6: heading(6),
  p: element('p'),
  ul: element('ul'),
  li: element('li'),
  sup: element('sup'),
  section: element('section'),
  blockquote: element('blockquote'),
  em: element('em'),
  strong: element('strong'),
  del: element('del'),
}
