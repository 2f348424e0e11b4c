import { readArray } from './array-text.ts'
import { readSlurmTime } from './durations.ts'

/** What a line of a script can put into the form. */
export type Taken = {
  name?: string
  where?: string
  account?: string
  qos?: string
  minutes?: number
  memoryMiB?: number
  cpus?: number
  nodes?: number
  array?: string
  gpus?: { model: string; count: number }
  workingDirectory?: string
}
/** A `#SBATCH` line, which nobody here heeds; `take`: what the form can have of it, null where it has no field for it. */
export type SbatchLine = { line: number; text: string; take: Taken | null }

const short: Record<string, string> = {
  t: 'time',
  c: 'cpus-per-task',
  a: 'array',
  J: 'job-name',
  p: 'partition',
  A: 'account',
  q: 'qos',
  N: 'nodes',
  D: 'chdir',
}

/** The `#SBATCH` lines of a script: those that sbatch would read, which stops at the first command. Lines count from 1. */
export function sbatchLines(script: string): SbatchLine[] {
  const found: SbatchLine[] = []
  for (const [index, text] of script.split('\n').entries()) {
    if (/^#SBATCH\s/.test(text)) found.push({ line: index + 1, text: text.trim(), take: takenOf(text) })
    else if (text.trim() !== '' && !text.startsWith('#')) break
  }
  return found
}

/** All that can be had, the last of two winning, and the script without those lines. */
export function takeOver(script: string): { taken: Taken; script: string } {
  const takes = sbatchLines(script).filter((line) => line.take !== null)
  const gone = new Set(takes.map(({ line }) => line))
  return {
    taken: Object.assign({}, ...takes.map(({ take }) => take)),
    script: script
      .split('\n')
      .filter((_, index) => !gone.has(index + 1))
      .join('\n'),
  }
}

function takenOf(text: string): Taken | null {
  const words = text
    .replace(/^#SBATCH\s+/, '')
    .replace(/\s#.*$/, '')
    .trim()
  const taken: Taken = {}
  const options = /(?:--([a-z-]+)(?:[= ]\s*|$)|-([a-zA-Z])\s*=?\s*)("[^"]*"|'[^']*'|[^\s"']+)?(?:\s+|$)/y
  let end = 0
  while (end < words.length) {
    options.lastIndex = end
    const found = options.exec(words)
    if (!found) return null
    end = options.lastIndex
    const value = (found[3] ?? '').replace(/^(["'])(.*)\1$/, '$2')
    const one = optionOf(found[1] ?? short[found[2] ?? ''] ?? '', value)
    // A line is taken as a whole or stays as a whole.
    if (!one) return null
    Object.assign(taken, one)
  }
  return end > 0 ? taken : null
}

function optionOf(name: string, value: string): Taken | null {
  if (value === '') return null
  const whole = /^\d{1,6}$/.test(value) && Number(value) > 0 ? Number(value) : null
  switch (name) {
    case 'job-name':
      return { name: value }
    case 'partition':
      return value.includes(',') ? null : { where: value }
    case 'account':
      return { account: value }
    case 'qos':
      return { qos: value }
    case 'time': {
      const minutes = readSlurmTime(value)
      return minutes ? { minutes } : null
    }
    case 'mem': {
      const memoryMiB = memoryOf(value)
      return memoryMiB ? { memoryMiB } : null
    }
    case 'cpus-per-task':
      return whole ? { cpus: whole } : null
    case 'nodes':
      return whole ? { nodes: whole } : null
    case 'array':
      return 'wrong' in readArray(value) ? null : { array: value }
    case 'chdir':
      return value.startsWith('/') ? { workingDirectory: value } : null
    case 'gres': {
      const [, gpus] = /^gpu:(.+)$/.exec(value) ?? []
      return gpus ? gpusOf(gpus) : null
    }
    case 'gpus-per-node':
      return gpusOf(value)
    default:
      return null
  }
}

/** `2`, `h100:2`. */
function gpusOf(text: string): Taken | null {
  const [, model, count] = /^(?:([\w.-]+):)?(\d{1,4})$/.exec(text) ?? []
  return Number(count) > 0 ? { gpus: { model: model ?? '', count: Number(count) } } : null
}

const factors = { K: 1 / 1024, M: 1, G: 1024, T: 1024 ** 2 } as const
/** In MiB, which is also what a bare number means. 0 would be all of a node, which has no field. */
function memoryOf(text: string): number | null {
  const [, amount, unit = 'M'] = /^(\d+)([KMGT])?B?$/i.exec(text) ?? []
  if (!amount) return null
  return Math.ceil(Number(amount) * factors[unit.toUpperCase() as keyof typeof factors])
}
