import { readdirSync, readFileSync } from 'node:fs'
import type { RunAs } from '../../../platform/processes/run-as.ts'

/** A process as /proc shows it (proc(5)). `ticks`: what it and the children it waited for have had of a core, in 1/100 s. */
export type Process = { pid: number; parent: number; begun: string; ticks: number; words: string[] }

/** Stands in the environment of whatever a workspace runs. */
export const mark = 'TENANTRY_WORKSPACE'

/**
 * What runs of a workspace, its notebook server and everything that was ever begun from it: what runs as the owner of its
 * home. Where all is one user (`owner` null), what has its mark in the environment; who wants to can take that away.
 */
export function processesOf(owner: RunAs, run: string): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => (owner ? runsAs(pid, owner.uid) : isMarked(pid, run)))
    .flatMap((pid) => readProcess(Number(pid)) ?? [])
}

function runsAs(pid: string, uid: number): boolean {
  const status = read(`/proc/${pid}/status`)
  return Number(/^Uid:\s+(\d+)/m.exec(status)?.[1] ?? -1) === uid
}

const isMarked = (pid: string, run: string) => read(`/proc/${pid}/environ`).split('\0').includes(`${mark}=${run}`)

/** A process that runs; null where there is none, or only what nobody has collected yet. */
export function readProcess(pid: number): Process | null {
  const stat = read(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields.length < 20 || /^[ZX]/.test(fields[0] ?? '')) return null
  const words = read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1)
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { pid, parent: Number(fields[1]), begun: fields[19] ?? '', ticks, words }
}

/** Tells the starts of this machine apart: ticks are counted from there. */
export const bootOf = (): string => read('/proc/sys/kernel/random/boot_id').trim()

export function send(signal: NodeJS.Signals, processes: readonly Process[]): void {
  for (const { pid, begun } of processes) {
    if (readProcess(pid)?.begun !== begun) continue
    try {
      process.kill(pid, signal)
    } catch {
      // It is gone.
    }
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
