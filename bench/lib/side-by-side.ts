import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { cpuOf, type Peer } from './processes.ts'
import { rate, report } from './report.ts'

const run = promisify(execFile)
/** How much was done in which time, in seconds; by the load, not by the clock around it. */
export type Done = { count: number; seconds: number }

/** Requests over `connections` with wrk. `script` is Lua. Errors: where an answer was not 2xx. */
export async function wrk(
  port: number,
  { path, connections, seconds, headers, script }: Load & { seconds: number },
): Promise<Done> {
  const said = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const words = ['-t1', `-c${connections}`, `-d${seconds}`, ...said, ...(script ? ['-s', script] : [])]
  const { stdout } = await run('wrk', [...words, `http://127.0.0.1:${port}${path}`])
  const [, count, taken, unit] = /(\d+) requests in ([\d.]+)(ms|s|m)/.exec(stdout) ?? []
  if (count === undefined || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk: ${stdout}`)
  return { count: Number(count), seconds: Number(taken) * (unit === 'ms' ? 0.001 : unit === 'm' ? 60 : 1) }
}
export type Load = { path: string; connections: number; headers: Record<string, string>; script?: string }

const median = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2
}

type Comparison = {
  rounds: number
  least: number | null
  work(peer: Peer): Promise<Done>
  /** Seconds. */
  warmUp: number
}

/**
 * Does the same through nginx and through ours by turns, and reports the median of the ratios of neighbouring turns: what
 * else the machine does falls on both. `least` is the bar, as a share of nginx; null: there is none.
 */
export async function compare(
  what: string,
  peers: { nginx: Peer; ours: Peer },
  { rounds, least, work, warmUp }: Comparison,
): Promise<void> {
  const turn = async (peer: Peer) => {
    const before = cpuOf(peer.pid)
    const { count, seconds } = await work(peer)
    return { perSecond: count / seconds, cpu: (cpuOf(peer.pid) - before) / count }
  }
  // A young process of Node translates what it runs while it runs it: that is over first.
  await turn(peers.nginx)
  const warm = performance.now() + warmUp * 1000
  do await turn(peers.ours)
  while (performance.now() < warm)
  const turns: { nginx: Awaited<ReturnType<typeof turn>>; ours: Awaited<ReturnType<typeof turn>> }[] = []
  for (let round = 0; round < rounds; round += 1) {
    turns.push({ nginx: await turn(peers.nginx), ours: await turn(peers.ours) })
  }
  const ratio = median(turns.map(({ nginx, ours }) => ours.perSecond / nginx.perSecond))
  const of = (name: 'nginx' | 'ours') => {
    const perSecond = median(turns.map((each) => each[name].perSecond))
    const cpu = median(turns.map((each) => each[name].cpu))
    return `${rate(perSecond)}, ${cpu.toFixed(0)} µs of processor each`
  }
  report({
    what,
    measured: `${ratio.toFixed(2)} × nginx: ${of('ours')}`,
    bar: least === null ? '–' : `≥ ${least} × nginx`,
    compared: `nginx: ${of('nginx')}`,
    holds: least === null ? null : ratio >= least,
  })
}
