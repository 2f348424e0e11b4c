import { type ChildProcess, fork } from 'node:child_process'
import type { PoolConfig } from 'pg'

type State = { rss: number; p99: number; max: number }
export type BenchServer = {
  port: number
  pid: number
  state(): Promise<State>
  reset(): Promise<State>
  /** Tells an engine that is in its process something. */
  tell(message: object): Promise<State>
  stop(): Promise<void>
}

/** Starts the server under test over a database. */
export async function startServer(connection: PoolConfig): Promise<BenchServer> {
  const child = fork(new URL('serve.ts', import.meta.url), {
    env: { ...process.env, BENCH_CONNECTION: JSON.stringify(connection) },
    execArgv: ['--import', 'tsx', ...(process.env.PROF ? ['--cpu-prof', '--cpu-prof-dir=/tmp/prof'] : [])],
  })
  const ask = (child_: ChildProcess, message?: string | object) =>
    new Promise<Record<string, number>>((resolve, reject) => {
      const ended = () => reject(new Error('the server under test ended'))
      child_.once('exit', ended)
      child_.once('message', (answer) => {
        child_.off('exit', ended)
        resolve(answer as Record<string, number>)
      })
      if (message) child_.send(message)
    })
  const { port = 0 } = await ask(child)
  return {
    port,
    pid: child.pid as number,
    state: () => ask(child, 'state') as Promise<State>,
    reset: () => ask(child, 'reset') as Promise<State>,
    tell: (message) => ask(child, message) as Promise<State>,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.send('stop')
      await gone
    },
  }
}
