import { posix } from 'node:path'
import type { Job } from './shapes.ts'

/** What a job of ours writes to, in its working directory. A name that would be a path is left out. */
export const outputName = (name: string, array: boolean): string =>
  `${name.includes('/') ? 'job' : '%x'}-${array ? '%A_%a' : '%j'}.out`

/**
 * The file that a job writes to, with everything put in; null where it writes none. Patterns as sbatch(1), "filename pattern".
 * Slurm's own name where none was given; what is no absolute path is in the working directory.
 */
export function outputOf(job: Job, stream: 'stdout' | 'stderr'): string | null {
  const given = (stream === 'stderr' && job.standardError) || job.standardOutput
  const name = given || (job.array ? 'slurm-%A_%a.out' : 'slurm-%j.out')
  const path = name.includes('\\') ? name.replace(/\\(.)/g, '$1') : expand(name, job)
  if (path === '/dev/null' || path === 'none') return null
  if (path.startsWith('/')) return posix.normalize(path)
  return job.workingDirectory.startsWith('/') ? posix.join(job.workingDirectory, path) : null
}

function expand(name: string, job: Job): string {
  const values: Record<string, string> = {
    A: job.array?.id ?? job.number,
    a: String(job.array?.task ?? 0xfffffffe),
    j: job.number,
    J: job.number,
    N: (job.nodes[0] ?? '').split('.')[0] ?? '',
    n: '0',
    s: 'batch',
    t: '0',
    u: job.user,
    x: job.name,
  }
  return name.replace(/%(\d*)([%A-Za-z])/g, (whole, width: string, letter: string) => {
    if (letter === '%') return '%'
    const value = values[letter]
    if (value === undefined) return whole
    // A width fills numbers up with zeros; Slurm takes 10 at most.
    return /^\d+$/.test(value) ? value.padStart(Math.min(Number(width || 0), 10), '0') : value
  })
}
