import { MantineProvider } from '@mantine/core'
import fc from 'fast-check'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import './messages.ts'
import { Markdown } from './Markdown.tsx'
import { blocksOf } from './markdown-blocks.ts'

const drawn = (text: string) =>
  renderToStaticMarkup(
    <MantineProvider>
      <Markdown text={text} />
    </MantineProvider>,
  ).replace(/^.*?(?=<div class="markdown">)/s, '')

/** Every tag and attribute that is drawn, without what is ours. */
const tagsOf = (html: string) => [...html.matchAll(/<([a-z][a-z0-9]*)((?:\s[^<>]*)?)>/g)]
const known = new Set(
  'div span p br hr em strong del a code pre blockquote ul ol li sup h4 table thead tbody tr th td section button svg path'.split(
    ' ',
  ),
)
/** Whether nothing of it can run, load or lead elsewhere than to the web and to mail. */
function harmless(html: string): void {
  for (const [tag, name = '', attributes = ''] of tagsOf(html)) {
    expect(known, tag).toContain(name)
    expect(attributes, tag).not.toMatch(/\s(?:on\w+|src|srcset|srcdoc|action|formaction|id|name)=/i)
    for (const [, href] of attributes.matchAll(/\shref="([^"]*)"/g)) {
      expect(href).toMatch(/^(?:https?:\/\/|mailto:)/)
      expect(attributes).toContain('rel="noopener noreferrer nofollow"')
      expect(attributes).toContain('target="_blank"')
    }
  }
}

describe('an answer that means harm', () => {
  test.each([
    '<script>alert(1)</script>',
    'a <img src=x onerror=alert(1)> b',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<!-- <script>alert(1)</script> -->',
    '<svg/onload=alert(1)>',
    '<form action="https://evil.test"><button>Sign in</button></form>',
    '<style>*{display:none}</style>',
    '[click](javascript:alert(1))',
    '[click](JaVaScRiPt:alert(1))',
    '[click](\u0001javascript:alert(1))',
    '[click](java\nscript:alert(1))',
    '[click](&#106;avascript:alert(1))',
    '[click](vbscript:x)',
    '[click](data:text/html;base64,PHNjcmlwdD4=)',
    '[click](//evil.test/x)',
    '[click](/api/v1/sign-out)',
    '[click](#content)',
    '<javascript:alert(1)>',
    '![x](https://evil.test/pixel.gif)',
    '![x](data:image/svg+xml,<svg onload=alert(1)>)',
    '![x][y]\n\n[y]: javascript:alert(1) "title"',
    '[a]: javascript:alert(1)\n\n[a]',
    'note[^1]\n\n[^1]: <img src=x onerror=alert(1)>',
    '- [x] done\n- [ ] <input onfocus=alert(1) autofocus>',
    '```html" onload="alert(1)\n<script>alert(1)</script>\n```',
    '# <b onmouseover=alert(1)>x</b>',
    '| a |\n|---|\n| <script>alert(1)</script> |',
  ])('%j does nothing', (text) => harmless(drawn(text)))

  test('images are links with what they are said to show', () => {
    const html = drawn('![a cat](https://pictures.test/cat.png)')
    expect(html).toContain('Image: a cat')
    expect(html).toContain('href="https://pictures.test/cat.png"')
    expect(html).not.toContain('<img')
  })
  test('a link says where it leads, unless its text does', () => {
    expect(drawn('[https://bank.test](https://evil.test/login)')).toContain('(evil.test)')
    expect(drawn('[write](mailto:a@b.test)')).toContain('(a@b.test)')
    expect(drawn('https://bank.test/a')).not.toContain('link-host')
    expect(drawn('[bank.test](https://bank.test/)')).not.toContain('link-host')
  })
  test('raw HTML is shown as text', () => {
    expect(drawn('<b>bold</b>')).toContain('&lt;b&gt;')
  })

  const nasty = fc.array(
    fc.constantFrom(
      ...['<', '>', '[', ']', '(', ')', '!', '`', '```\n', '*', '_', '~~', '|', '\n', '\n\n', '  ', '- ', '1. ', '> '],
      ...[
        'javascript:',
        'https://e.test',
        'data:',
        ' onerror=',
        '"',
        "'",
        '&lt;',
        '&#x6a;',
        'x',
        '<img src=',
        '<script>',
      ],
      ...['[^1]', '[^1]: ', '[a]: ', '# ', '|---|\n', '\\', '\u0000', '\u202e', '<!--', '-->'],
    ),
    { maxLength: 60 },
  )
  test('whatever it is made of, nothing runs, loads or leads away', () => {
    fc.assert(
      fc.property(nasty, (pieces) => harmless(drawn(pieces.join('')))),
      { numRuns: 150 },
    )
  })

  test.each([
    ['quotes', '>'.repeat(20_000)],
    ['quotes with spaces', '> '.repeat(20_000)],
    ['lists', '- '.repeat(20_000)],
    ['deep lists', Array.from({ length: 2_000 }, (_, n) => `${'  '.repeat(n)}- x`).join('\n')],
    ['brackets', '['.repeat(30_000)],
    ['images', '!['.repeat(15_000)],
    ['emphasis', '*a '.repeat(10_000)],
    ['stars', '*'.repeat(30_000)],
    ['mixed emphasis', '*_~'.repeat(10_000)],
    ['backticks', Array.from({ length: 300 }, (_, n) => '`'.repeat(n + 4)).join(' ')],
    ['angle brackets', '<'.repeat(30_000)],
    ['comments', '<!--'.repeat(8_000)],
    ['links in links', '[a]('.repeat(10_000)],
    ['table', `|${'a|'.repeat(5_000)}\n|${'-|'.repeat(5_000)}\n`],
    ['addresses', 'www.'.repeat(10_000)],
    ['mail', 'a@'.repeat(15_000)],
    ['entities', '&#x'.repeat(10_000)],
    ['underlined headings', 'a\n=\n'.repeat(9_700)],
    ['lines that go on a quote', `${'> '.repeat(24)}a\n${'a\n'.repeat(19_000)}`],
    ['struck words', '~a~ b'.repeat(7_800)],
    ['short rows of a wide table', `|${'a|'.repeat(600)}\n|${'-|'.repeat(600)}\n${'a\n'.repeat(1_200)}`],
    ['lists in quotes', `${'> - '.repeat(11)}a\n`.repeat(850)],
  ])('huge nesting of %s neither breaks nor takes long', (_, text) => {
    const begun = performance.now()
    harmless(drawn(text))
    expect(performance.now() - begun).toBeLessThan(4_000)
  })
})

describe('blocks', () => {
  test('what is fenced is code from its first line on', () => {
    expect(blocksOf('a\n\n```ts\nconst x = 1\n\nconst y')).toEqual([
      { is: 'text', text: 'a\n' },
      { is: 'code', language: 'ts', text: 'const x = 1\n\nconst y' },
    ])
  })
  test.each([
    ['a line to fill in', `Your name: ${'_'.repeat(40)}\n${'More words that are read. '.repeat(50)}`],
    ['what almost opens code', `${'~'.repeat(9_000)}${' '.repeat(9_000)}\``],
  ])('%s does not keep the parting of a text busy', (_, text) => {
    const begun = performance.now()
    expect(blocksOf(text)).toHaveLength(1)
    expect(performance.now() - begun).toBeLessThan(4_000)
  })
  test('what is complete stays the same as more comes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('word ', '\n', '\n\n', '```\n', '- a', '> b', '| c |')), (pieces) => {
        const whole = blocksOf(pieces.join(''))
        const before = blocksOf(pieces.slice(0, -1).join(''))
        // Only the last block may differ from what was drawn before.
        expect(whole.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1))
      }),
    )
  })
  test('a very long list is drawn in parts, and counts on', () => {
    const text = Array.from({ length: 2_000 }, (_, n) => `${n + 1}. an item of a list`).join('\n')
    expect(blocksOf(text).length).toBeGreaterThan(5)
    const html = drawn(text)
    expect(html).toContain('<ol start="')
    expect(html.match(/<li>/g)).toHaveLength(2_000)
  })
  test.each([
    ['characters', 'a', 20_000],
    ['lines', 'a\n', 499],
    ['marks', '<a ', 2_000],
    ['emphasis', 'a *b* ', 500],
    ['struck words', '~a ', 1_000],
    ['code', '`a` ', 500],
    ['brackets', '[a] ', 1_000],
    ['levels', '> > > > > > > > > > a\n', 400],
    ['cells', `${'|a'.repeat(19)}|\n`, 249],
  ])('a block has so many %s at most, and is shown as it is beyond', (_, one, most) => {
    expect(blocksOf(one.repeat(most))).toMatchObject([{ is: 'text' }])
    const beyond = one.repeat(most + 1)
    const shown = blocksOf(beyond)
    expect(shown).toEqual([{ is: 'plain', text: beyond }])
  })
  test('what is beyond the most lines is shown as it is, and nothing of it is lost', () => {
    for (const text of ['- a\n'.repeat(9_000), '# a\n\n'.repeat(9_000), `${'a '.repeat(200)}\n\n`.repeat(400)]) {
      const shown = blocksOf(text)
      expect(shown.length).toBeLessThan(260)
      expect(shown[0]?.is).toBe('text')
      expect(shown.at(-1)?.is).toBe('plain')
      expect(shown.map((block) => block.text).join('\n')).toBe(text)
    }
    const fences = blocksOf('```\na\n```\n'.repeat(9_000))
    expect(fences.length).toBeLessThan(260)
    expect(fences.at(-1)?.is).toBe('plain')
  })
  test('code may have any number of lines', () => {
    expect(blocksOf(`\`\`\`\n${'a\n'.repeat(9_000)}\`\`\`\nb`).map(({ is }) => is)).toEqual(['code', 'text'])
  })
  test('a definition holds for the whole text, where that can be drawn as one', () => {
    const defined = (times: number) => `[a]: https://a.test\n\n${`See [a] ${'there '.repeat(100)}\n\n`.repeat(times)}`
    expect(blocksOf(defined(20))).toHaveLength(1)
    const parted = blocksOf(defined(200))
    expect(parted.length).toBeGreaterThan(100)
    expect(parted.every(({ is }) => is === 'text')).toBe(true)
  })
  test('lists, quotes and their code stay together', () => {
    for (const text of ['1. a\n\n   ```\n   x\n   ```\n\n2. b', '- a\n\n- b', '> a\n>\n> b'])
      expect(blocksOf(text)).toHaveLength(1)
  })
})
