export type Block = { is: 'text' | 'plain'; text: string } | { is: 'code'; language: string; text: string }

// A parser looks back through what it has read, and a block that grows is read anew with each piece of a stream: each is
// bounded in all that makes that slow, and shown as it is beyond.
const mostCharacters = 20_000
const mostLines = 500
/** How many characters that may begin something, as emphasis, a link or an address do; several in a row are one. */
const mostMarks = 2_000
/** How many of them may be emphasis or links: each that ends looks for all that began. */
const mostPairs = 1_000
/** How many cells a table may have: those that are missing in a row are drawn as well. */
const mostCells = 5_000
/** How many levels of quotes and lists its lines may have together. */
const mostLevels = 4_000
/** How many lines of a whole answer are drawn, where a block is as much as ten of them. What is beyond is shown as it is. */
const mostDrawn = 2_500
/** From how many characters on a block ends at the next empty line. */
const shortest = 400
/** From how many characters or lines on a list is drawn in parts. */
const longEnough = { characters: 6_000, lines: 200 }
const item = /^(?:[-*+]|\d{1,9}[.)])[ \t]/
/** How deep quotes and lists may be nested to be drawn. */
const deepest = 24

const fence = /^ {0,3}(`{3,}(?!`)|~{3,}(?!~))([^`\n]*)$/
// What may belong to what stands before it, even after an empty line.
const goesOn = /^(?:[ \t]|>|[-*+](?:[ \t]|$)|\d{1,9}[.)](?:[ \t]|$)|\[)/

/**
 * Parts Markdown into blocks that can be drawn one by one, so that those that are complete are not drawn again while
 * more comes. A fence that is still open is code to its end.
 */
export function blocksOf(markdown: string): Block[] {
  // A definition holds for the whole text, where that can be drawn as one: what refers to it is in another block.
  if (/^ {0,3}\[[^\]\n]+\]:/m.test(markdown) && !isTangled(markdown)) return [{ is: 'text', text: markdown }]
  const blocks: Block[] = []
  let lines: string[] = []
  let size = 0
  const end = () => {
    const text = lines.join('\n')
    size = 0
    if (text.trim() !== '') blocks.push({ is: isTangled(text) ? 'plain' : 'text', text })
    lines = []
  }
  const isLong = () => size > longEnough.characters || lines.length > longEnough.lines
  let code: { mark: string; language: string; lines: string[] } | null = null
  const endCode = () => {
    if (code) blocks.push({ is: 'code', language: code.language, text: code.lines.join('\n') })
    code = null
  }
  // Code costs little, however long it is.
  let codeLines = 0
  let afterGap = true
  // Within a list or a quote what is fenced belongs to it.
  let within = false
  const all = markdown.replace(/\r\n?/g, '\n').split('\n')
  for (const [n, line] of all.entries()) {
    if (n - codeLines + blocks.length * 10 > mostDrawn && !code) {
      end()
      blocks.push({ is: 'plain', text: all.slice(n).join('\n') })
      return blocks
    }
    if (code) {
      codeLines += 1
      const closing: RegExpExecArray | null = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)
      if (closing?.[1]?.startsWith(code.mark)) endCode()
      else code.lines.push(line)
      afterGap = true
      continue
    }
    if (line.trim() === '') {
      lines.push(line)
      afterGap = true
      continue
    }
    if (afterGap && !goesOn.test(line)) {
      if (size >= shortest) end()
      within = false
    }
    // A very long list is several: another item of the outermost begins where it may.
    if (within && isLong() && item.test(line)) end()
    const opening = within ? null : fence.exec(line)
    if (opening) {
      end()
      code = { mark: opening[1] ?? '', language: (opening[2] ?? '').trim().split(/\s/)[0] ?? '', lines: [] }
      continue
    }
    if (goesOn.test(line)) within = true
    lines.push(line)
    size += line.length
    afterGap = false
  }
  endCode()
  end()
  return blocks
}

/** Whether drawing it would take a parser too long, or too deep. */
function isTangled(text: string): boolean {
  if (text.length > mostCharacters) return true
  const lines = text.split('\n')
  if (lines.length > mostLines) return true
  let columns = 0
  let levels = 0
  for (const line of lines) {
    columns = Math.max(columns, countOf(/\|/g, line))
    const lead = /^[\s>*+\-\d.)]*/.exec(line)?.[0] ?? ''
    // Each mark is a level, and so is an indent of two spaces.
    const marks = countOf(/>|[*+-][ \t]|\d[.)][ \t]/g, lead)
    levels += marks
    if (marks > deepest) return true
    if (/^ *(?:[-*+]|\d+[.)])[ \t]/.test(line) && line.length - line.trimStart().length > deepest * 2) return true
  }
  if (levels > mostLevels || columns * lines.length > mostCells) return true
  if (countOf(/([*_~`[<&@:!\\])\1*/g, text) > mostMarks) return true
  return countOf(/([*_~`])\1*|\[/g, text) > mostPairs || /[*_~]{200,}/.test(text)
}

const countOf = (what: RegExp, text: string): number => text.match(what)?.length ?? 0
