import { basename } from 'node:path'
import type { Process } from './processes.ts'

/** What a workspace ran at a moment; `at` in milliseconds. */
export type Sample = { at: number; processes: Process[] }

/** In percent of one core: below, a process waits for something. */
const busy = 5
/** proc(5): what `sysconf(_SC_CLK_TCK)` is on every Linux there is. */
const ticksPerSecond = 100

/**
 * What computed between two moments, in words, the busiest first: neither the notebook server nor its kernels, of which
 * the server itself tells.
 */
export function workingOf(before: Sample, now: Sample, server: number): string[] {
  const known = new Map(before.processes.map((process) => [keyOf(process), process.ticks]))
  const seconds = (now.at - before.at) / 1000
  if (seconds <= 0) return []
  const kernels = new Set(now.processes.filter((process) => isKernel(process, server)).map(({ pid }) => pid))
  const working = now.processes.flatMap((process) => {
    if (process.pid === server || kernels.has(process.pid)) return []
    const ticks = process.ticks - (known.get(keyOf(process)) ?? 0)
    const percent = (ticks / ticksPerSecond / seconds) * 100
    return percent >= busy ? [{ percent, words: inWords(process.words) }] : []
  })
  return [...new Set(working.sort((a, b) => b.percent - a.percent).map(({ words }) => words))].slice(0, most)
}

const most = 10
const keyOf = ({ pid, begun }: Process) => `${pid}:${begun}`

/** What the server begins with a connection file is a kernel; what a kernel forks has the same words and is none. */
export const isKernel = ({ parent, words }: Process, server: number) =>
  parent === server && words.some((word) => /(^|[/=])kernel-[^/=]+\.json$/.test(word))

const interpreters = /^(python|pypy|bash|sh|dash|zsh|node|perl|ruby|julia|Rscript|R|java)[\d.]*$/

/** `python train.py`, `ffmpeg`: the program and its script. Further words may hold secrets. */
export function inWords(words: readonly string[]): string {
  const program = basename(words[0] ?? '').replace(/^-/, '')
  const [, interpreter] = interpreters.exec(program) ?? []
  if (interpreter === undefined) return clean(program)
  const [first = '', second = ''] = words.slice(1)
  if (first === '-m' && second !== '') {
    return second === 'ipykernel_launcher' ? 'a process of a kernel' : clean(`${interpreter} -m ${second}`)
  }
  return clean(first === '' || first.startsWith('-') ? interpreter : `${interpreter} ${basename(first)}`)
}

const clean = (text: string) => text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, ' ').slice(0, 60) || 'a process'
