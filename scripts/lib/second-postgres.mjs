import { execFile, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { debian } from './debian.mjs'

const run = promisify(execFile)
const home = '/usr/lib/postgresql'
const find = () =>
  (existsSync(home) ? readdirSync(home) : [])
    .filter((version) => Number(version) >= 15)
    .filter((version) => ['initdb', 'postgres', 'psql'].every((name) => existsSync(join(home, version, 'bin', name))))
    .sort((a, b) => Number(b) - Number(a))[0]

/**
 * Another PostgreSQL than the embedded one, with a role that may do little but own its database, as DATABASE_URL often
 * gives one. Answers its version, its address, that for its superuser and how to stop it, or why there is none.
 */
export async function startSecondPostgres() {
  let version = find()
  if (!version) {
    const refusal = await debian(['postgresql'])
    version = find()
    if (!version) return { missing: `A second PostgreSQL is missing: ${refusal ?? 'its package is older than 15.'}` }
  }
  const user = process.getuid?.() === 0 ? postgresUser() : {}
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-second-'))
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o700)
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    return { version, ...(await startIn(folder, join(home, version, 'bin'), user, remove)) }
  } catch (error) {
    remove()
    throw new Error(`PostgreSQL ${version} could not be started: ${error.stderr || error.message}`)
  }
}

async function startIn(folder, bin, user, remove) {
  const data = join(folder, 'data')
  const options = { ...user, cwd: folder }
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], options)
  const port = await freePort()
  // Thrown away at the end, so nothing has to reach the disk.
  const settings = ['listen_addresses=127.0.0.1', 'fsync=off', 'timezone=UTC'].flatMap((setting) => ['-c', setting])
  const words = ['-D', data, '-p', port, '-k', folder, ...settings]
  const child = spawn(join(bin, 'postgres'), words, { ...options, stdio: 'ignore' })
  const gone = new Promise((done) => child.once('exit', done))
  const stop = async () => {
    child.kill('SIGINT')
    await gone
    remove()
  }
  const psql = (statement) =>
    run(join(bin, 'psql'), ['-h', '127.0.0.1', '-p', port, '-U', 'postgres', '-qXc', statement], { cwd: '/' })
  try {
    await retried(() => psql('create role tenantry login createdb'), child)
    await psql('create database tenantry owner tenantry')
  } catch (error) {
    await stop()
    throw error
  }
  const as = (role) => `postgresql://${role}@127.0.0.1:${port}/tenantry`
  return { url: as('tenantry'), superuserUrl: as('postgres'), stop }
}

async function retried(work, child) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt > 200 || child.exitCode !== null) throw error
      await delay(50)
    }
  }
}

function postgresUser() {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const fields = users.find((line) => line.startsWith('postgres:'))?.split(':')
  return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : {}
}

const freePort = () =>
  new Promise((done, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(String(port)))
    })
  })
