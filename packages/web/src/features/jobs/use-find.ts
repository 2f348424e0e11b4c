import { type RefObject, useEffect, useState } from 'react'

/** What is found at most; beyond that the figure is a lower bound. */
export const mostFound = 2_000

/**
 * Finds a text in what is drawn, without changing it: matches are painted by the browser (CSS custom highlights), so what a job
 * wrote never becomes markup. `version` changes when what is drawn does.
 */
export function useFind(within: RefObject<HTMLElement | null>, sought: string, version: number) {
  const [ranges, setRanges] = useState<Range[]>([])
  const [at, setAt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is looked through anew
  useEffect(() => {
    const found = sought.trim() === '' || !within.current ? [] : rangesOf(within.current, sought)
    setRanges(found)
    paint('output-match', found)
    return () => paint('output-match', [])
  }, [within, sought, version])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text begins with its first match
  useEffect(() => setAt(0), [sought])
  const current = ranges[Math.min(at, ranges.length - 1)]
  useEffect(() => {
    paint('output-current', current ? [current] : [])
    return () => paint('output-current', [])
  }, [current])

  const step = (by: number) => {
    if (ranges.length === 0) return
    const next = (Math.min(at, ranges.length - 1) + by + ranges.length) % ranges.length
    setAt(next)
    reveal(within.current, ranges[next])
  }
  return { count: ranges.length, at: Math.min(at, Math.max(0, ranges.length - 1)), step }
}

function rangesOf(root: HTMLElement, sought: string): Range[] {
  const needle = sought.toLowerCase()
  const found: Range[] = []
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node && found.length < mostFound; node = walker.nextNode()) {
    const text = (node.nodeValue ?? '').toLowerCase()
    for (let at = text.indexOf(needle); at >= 0 && found.length < mostFound; at = text.indexOf(needle, at + 1)) {
      // Letters whose small form is longer shift what follows: better none than the wrong one.
      if (at + needle.length > (node.nodeValue?.length ?? 0)) break
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, at + needle.length)
      found.push(range)
    }
  }
  return found
}

function paint(name: string, ranges: Range[]): void {
  if (!('highlights' in CSS)) return
  if (ranges.length === 0) CSS.highlights.delete(name)
  else CSS.highlights.set(name, new Highlight(...ranges))
}

/** Scrolls within the box alone: the page stays where it is. */
function reveal(box: HTMLElement | null, range: Range | undefined): void {
  if (!box || !range) return
  const [outer, inner] = [box.getBoundingClientRect(), range.getBoundingClientRect()]
  if (inner.top < outer.top + 24 || inner.bottom > outer.bottom - 24)
    box.scrollTop += inner.top - outer.top - outer.height / 2
  if (inner.left < outer.left || inner.right > outer.right) box.scrollLeft += inner.left - outer.left - outer.width / 3
}
