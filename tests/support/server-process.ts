import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { connectRunningEmbedded } from '../../packages/server/src/platform/database/embedded/index.ts'

const main = new URL('../../packages/server/dist/main.mjs', import.meta.url).pathname
const cli = new URL('../../packages/cli/dist/main.mjs', import.meta.url).pathname

export type ServerProcess = {
  url: string
  /** Everything it wrote, both streams. */
  output(): string
  setUpLink(): string
  child: ChildProcess
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** A data folder that is removed by `remove`. */
export async function temporaryDataFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-data-'))
  await chmod(folder, 0o711)
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** The server as it is delivered, as a process of its own; resolves when it says that it is ready. */
export function startServer(dataFolder: string, env: Record<string, string> = {}): Promise<ServerProcess> {
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      DATABASE_URL: '',
      PORT: '0',
      TENANTRY_DATA: dataFolder,
      RATE_LIMIT: '0',
      KEY_RATE_LIMIT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk
      const url = /Tenantry is ready at (\S+)/.exec(output)?.[1]
      if (!url) return
      resolve({
        url,
        output: () => output,
        setUpLink: () => /http\S+\/setup#\S+/.exec(output)?.[0] ?? '',
        child,
        stop: (signal = 'SIGTERM') => {
          child.kill(signal)
          return gone
        },
      })
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void gone.then((code) => reject(new Error(`the server ended with ${code}:\n${output}`)))
  })
}

/** Runs the command line; `input` is what comes on standard input. */
export function tenantry(
  dataFolder: string,
  words: string[],
  input = '',
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cli, ...words], {
    env: { ...process.env, DATABASE_URL: '', TENANTRY_DATA: dataFolder },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdin.end(input)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr })))
}

/** Locks the accounts of a username in every tenant, as many failed sign-ins would. */
export async function lockAccount(dataFolder: string, username: string): Promise<void> {
  const client = new pg.Client((await connectRunningEmbedded({ dataFolder })) ?? {})
  await client.connect()
  await client.query(`begin; set local "tenantry.system" = 'on'`)
  const { rows } = await client.query('select id from tenants')
  for (const { id } of rows) {
    await client.query(`set local "tenantry.tenant" = '${id}'`)
    await client.query(`update users set locked_until = now() + interval '1 hour' where username = $1`, [username])
  }
  await client.query('commit')
  await client.end()
}
