import { EngineError } from '../port.ts'

/** More are refused, and not read either. */
export const mostTasks = 10_000

/** How many tasks an array has, and how many of them may run at once (null: all). */
export type Tasks = { count: number; atOnce: number | null }

/**
 * `0-99%10`. Kubernetes numbers tasks from 0 on without gaps: another numbering is not renumbered in silence, since the
 * script would work on other data than was meant. Errors: `refused`.
 */
export function readTasks(array: string): Tasks {
  const [numbers = '', atOnce] = array.split('%')
  const [, last] = /^0(?:-(\d+))?$/.exec(numbers) ?? []
  if (!/^0(-\d+)?$/.test(numbers)) {
    throw new EngineError('refused', 'Tasks are numbered from 0 on without gaps here: such as 0-99, or 0-99%10.')
  }
  const count = Number(last ?? 0) + 1
  if (count > mostTasks) throw new EngineError('refused', 'An array has 10,000 tasks at most here.')
  return { count, atOnce: atOnce === undefined ? null : Math.min(count, Number(atOnce)) }
}

/** The numbers in `0-3,7`; of what is not that, none. */
export function indexesIn(ranges: string | null): Set<number> {
  const found = new Set<number>()
  for (const range of (ranges ?? '').split(',')) {
    const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(range) ?? []
    for (let index = Number(first); first !== undefined && index <= Math.min(Number(last), mostTasks - 1); index++)
      found.add(index)
  }
  return found
}

/** The way back. */
export function rangesOf(indexes: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const index of indexes) {
    const range = ranges.at(-1)
    if (range && range[1] === index - 1) range[1] = index
    else ranges.push([index, index])
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}
