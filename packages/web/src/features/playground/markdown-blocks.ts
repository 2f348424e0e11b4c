export type Block = { is: 'text' | 'plain'; text: string } | { is: 'code'; language: string; text: string }

/** Beyond this a block is shown as it is: what is drawn of it would cost more than it says. Characters. */
const longestBlock = 40_000
/** From how many characters on a list is drawn in parts. */
const longEnough = 6_000
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
  // A definition holds for the whole text: what refers to it is in another block.
  if (/^ {0,3}\[[^\]\n]+\]:/m.test(markdown)) return [textBlock(markdown)]
  const blocks: Block[] = []
  let lines: string[] = []
  let size = 0
  const end = () => {
    const text = lines.join('\n')
    size = 0
    if (text.trim() !== '') blocks.push(textBlock(text))
    lines = []
  }
  let code: { mark: string; language: string; lines: string[] } | null = null
  const endCode = () => {
    if (code) blocks.push({ is: 'code', language: code.language, text: code.lines.join('\n') })
    code = null
  }
  let afterGap = true
  // Within a list or a quote what is fenced belongs to it.
  let within = false
  for (const line of markdown.replace(/\r\n?/g, '\n').split('\n')) {
    if (code) {
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
      end()
      within = false
    }
    // A very long list is several: another item of the outermost begins where it may.
    if (within && size > longEnough && item.test(line)) end()
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

function textBlock(text: string): Block {
  return { is: text.length > longestBlock || isTangled(text) ? 'plain' : 'text', text }
}

/** Whether drawing it would take a parser too long, or too deep. */
function isTangled(text: string): boolean {
  for (const line of text.split('\n')) {
    const lead = /^[\s>*+\-\d.)]*/.exec(line)?.[0] ?? ''
    // Each mark is a level, and so is an indent of two spaces.
    if ((lead.match(/>|[*+-][ \t]|\d[.)][ \t]/g)?.length ?? 0) > deepest) return true
    if (/^ *(?:[-*+]|\d+[.)])[ \t]/.test(line) && line.length - line.trimStart().length > deepest * 2) return true
  }
  // Brackets and emphasis that are opened again and again are looked through again and again.
  return countOf(/\[/g, text) > 2_000 || /[*_~]{200,}/.test(text) || countOf(/([*_~])\1*/g, text) > 1_000
}

const countOf = (what: RegExp, text: string): number => text.match(what)?.length ?? 0
