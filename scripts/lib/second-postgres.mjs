import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { debian } from './debian.mjs'

const home = '/usr/lib/postgresql'
const find = () =>
  (existsSync(home) ? readdirSync(home) : [])
    .filter((version) => Number(version) >= 15 && existsSync(join(home, version, 'bin', 'initdb')))
    .sort((a, b) => Number(b) - Number(a))[0]

/**
 * Another PostgreSQL than the embedded one, with a role that may do nothing but own its database, as DATABASE_URL often
 * gives one. Answers its address, or why there is none.
 */
export async function startSecondPostgres() {
  let version = find()
  if (!version) {
    const refusal = await debian(['postgresql'])
    version = find()
    if (!version) return { missing: `A second PostgreSQL is missing: ${refusal}` }
  }
  const user = process.getuid?.() === 0 ? postgresUser() : {}
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-second-'))
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o700)
  const bin = (name) => join(home, version, 'bin', name)
  const data = join(folder, 'data')
  execFileSync(bin('initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  })
  const port = await freePort()
  const child = spawn(bin('postgres'), ['-D', data, '-p', port, '-k', folder, '-c', 'listen_addresses=127.0.0.1'], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  })
  const psql = (statement) =>
    execFileSync(bin('psql'), ['-h', '127.0.0.1', '-p', port, '-U', 'postgres', '-qc', statement], {
      cwd: '/',
      stdio: 'ignore',
    })
  for (let attempt = 0; ; attempt += 1) {
    try {
      psql('create role tenantry login createdb')
      break
    } catch (error) {
      if (attempt > 200) throw error
      await delay(50)
    }
  }
  psql('create database tenantry owner tenantry')
  return {
    version,
    url: `postgresql://tenantry@127.0.0.1:${port}/tenantry`,
    superuserUrl: `postgresql://postgres@127.0.0.1:${port}/tenantry`,
    stop: async () => {
      const gone = new Promise((done) => child.once('exit', done))
      child.kill('SIGINT')
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function postgresUser() {
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('postgres:'))
    ?.split(':')
  return { uid: Number(fields[2]), gid: Number(fields[3]) }
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
