import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts'
import { placesOf } from './places.ts'
import { processesOf } from './processes.ts'

// For tests alone: a data folder for each, and servers on it in this process and in others.
const log = pino({ level: 'silent' })
export let base: string
export let dataFolder: string
let opened: EmbeddedPostgres[] = []

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'tenantry-embedded-'))
  await chmod(base, 0o755)
  dataFolder = join(base, 'data')
})

afterEach(async () => {
  for (const postgres of opened) await postgres.stop()
  opened = []
  for (const pid of processesOf(placesOf(dataFolder))) process.kill(pid, 'SIGKILL')
  await rm(base, { recursive: true, force: true, maxRetries: 10 })
})

export async function start(folder = dataFolder) {
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, log })
  opened.push(postgres)
  return postgres
}

export async function query({ connection }: Pick<EmbeddedPostgres, 'connection'>, text: string) {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  await client.connect()
  return client.query(text).finally(() => client.end())
}

export async function eventually<T>(work: () => Promise<T>, patience = 10_000): Promise<T> {
  const until = performance.now() + patience
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > until) throw error
      await delay(20)
    }
  }
}

/** A server of its own process on the data folder. `words` come before node. */
export function spawnElsewhere(words: string[] = []) {
  const module = JSON.stringify(new URL('./index.ts', import.meta.url).href)
  const program = `
    const { startEmbeddedPostgres } = await import(${module})
    const { pino } = await import('pino')
    const options = { dataFolder: ${JSON.stringify(dataFolder)}, log: pino({ level: 'silent' }) }
    try {
      const postgres = await startEmbeddedPostgres(options)
      process.stdout.write(JSON.stringify({ pid: postgres.pid(), connection: postgres.connection }))
      process.once('SIGTERM', () => postgres.stop().then(() => process.exit()))
    } catch (error) {
      process.stdout.write(JSON.stringify({ refused: error.message }))
    }`
  const [file, ...args] = [...words, process.execPath, '--import', 'tsx', '--input-type=module', '-e', program]
  const child = spawn(file as string, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = new Promise<string>((done) => child.stdout.setEncoding('utf8').once('data', done))
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await ended
  }
  return { said: Promise.race([said, ended.then(() => '{}')]), end }
}

/** Resolves once the PostgreSQL of that other server runs. */
export async function startElsewhere(words: string[] = []) {
  const { said, end } = spawnElsewhere(words)
  const answer = JSON.parse(await said)
  if (answer.pid === undefined) throw new Error(answer.refused ?? 'the other server ended')
  return { pid: answer.pid as number, connection: answer.connection as EmbeddedPostgres['connection'], end }
}
