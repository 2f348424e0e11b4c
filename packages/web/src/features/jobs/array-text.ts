export type ArrayText =
  | { count: number; atOnce: number | null; first: number; last: number }
  | { wrong: 'syntax' | 'backwards' | 'step' }

const part = /^(\d{1,7})(?:-(\d{1,7})(?::(\d{1,7}))?)?$/

/** How many tasks an array has: of `0-99%10`, a hundred of which ten run at once; or what is not understood of it. */
export function readArray(text: string): ArrayText {
  const [, tasks = '', limit] = /^([^%]*)(?:%([1-9]\d{0,6}))?$/.exec(text.trim()) ?? []
  const ranges: [first: number, last: number, step: number][] = []
  for (const one of tasks.split(',')) {
    const found = part.exec(one)
    if (!found) return { wrong: 'syntax' }
    const first = Number(found[1])
    const last = Number(found[2] ?? first)
    const step = Number(found[3] ?? 1)
    if (last < first) return { wrong: 'backwards' }
    if (step === 0) return { wrong: 'step' }
    ranges.push([first, last, step])
  }
  const bounds = {
    first: Math.min(...ranges.map(([first]) => first)),
    last: Math.max(...ranges.map(([, last]) => last)),
  }
  return { count: countOf(ranges), atOnce: limit ? Number(limit) : null, ...bounds }
}

/** A number that is named twice is one task. Above a million they are not told apart any more. */
function countOf(ranges: [number, number, number][]): number {
  const total = ranges.reduce((sum, [first, last, step]) => sum + Math.floor((last - first) / step) + 1, 0)
  if (ranges.length === 1 || total > 1_000_000) return total
  const numbers = new Set<number>()
  for (const [first, last, step] of ranges) for (let n = first; n <= last; n += step) numbers.add(n)
  return numbers.size
}
