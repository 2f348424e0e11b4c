import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

// Where the kernel bounds memory by cgroup v1, Slurm can say OUT_OF_MEMORY. Elsewhere its accounting kills what takes too
// much, and 22.05 calls that FAILED by signal 9.
const hierarchy = '/sys/fs/cgroup/memory'

/** The control group that the jobs of the cluster in this folder are in: clusters side by side number their jobs alike. */
const groupOf = (folder) =>
  join(hierarchy, `tenantry-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`)

/** Makes it. Null where memory is not bounded that way. */
export function makeMemoryGroup(folder) {
  if (!existsSync(join(hierarchy, 'memory.limit_in_bytes'))) return null
  try {
    mkdirSync(groupOf(folder), { recursive: true })
    return groupOf(folder)
  } catch {
    return null
  }
}

/** Ends what jobs have left running, and removes the group. */
export async function removeMemoryGroup(folder) {
  const group = groupOf(folder)
  for (let attempt = 0; existsSync(group) && attempt < 100; attempt += 1) {
    if (attempt > 0) await delay(20)
    for (const part of [...partsOf(group), group]) {
      for (const pid of pidsOf(part)) end(pid)
      try {
        rmdirSync(part)
      } catch {
        // Somebody is in it still.
      }
    }
  }
}

/**
 * Ends the jobs of a cluster: each has a process that does not go with slurmd, and is nobody's child. Only that is
 * looked for, not whatever else knows this cluster: it may be somebody's shell.
 */
export function endJobs(folder) {
  const mark = `SLURM_CONF=${join(folder, 'slurm.conf')}`
  const parents = new Map()
  const steps = []
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, name, parent] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))
      parents.set(pid, parent)
      if (name !== 'slurmstepd') continue
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)) steps.push(pid)
    } catch {
      // It has just ended.
    }
  }
  const below = (pid) =>
    [...parents].filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...below(child)])
  for (const pid of steps.flatMap((step) => [step, ...below(step)])) end(pid)
}

const partsOf = (group) =>
  readdirSync(group, { withFileTypes: true }).flatMap((entry) => {
    const path = join(group, entry.name)
    return entry.isDirectory() ? [...partsOf(path), path] : []
  })

function pidsOf(group) {
  try {
    return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}

function end(pid) {
  try {
    process.kill(Number(pid), 'SIGKILL')
  } catch {
    // It is gone.
  }
}
