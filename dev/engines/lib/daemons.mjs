import { execFile, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs a command to its end and answers what it printed. Throws with what it complained of. */
export async function command(program, words, { user, env, cwd = '/', input } = {}) {
  const [file, args] = user ? ['runuser', ['-u', user, '--', program, ...words]] : [program, words]
  const running = execute(file, args, { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 })
  if (input !== undefined) running.child.stdin.end(input)
  try {
    return (await running).stdout
  } catch (error) {
    throw new Error(
      `${program} ${words[0] ?? ''}: ${(error.stderr || error.stdout || error.message).trim().slice(-2_000)}`,
    )
  }
}

/** A port on loopback that nothing listens at. */
export const freePort = () =>
  new Promise((done, failed) => {
    const server = createServer()
    server.once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })

export async function freePorts(count) {
  const ports = new Set()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}

/** When a process began, in the kernel's clock ticks: with its id, this tells it from every other there will be. */
const begunAt = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[19]
  } catch {
    return null
  }
}

/** Starts a program that outlives this one. Its output goes to `<folder>/log/<name>`, its id to `<folder>/run/<name>`. */
export function daemon(folder, name, program, words, { user, env, cwd = '/' } = {}) {
  for (const part of ['log', 'run']) mkdirSync(join(folder, part), { recursive: true })
  const log = openSync(join(folder, 'log', name), 'a')
  const [file, args] = user
    ? ['setpriv', [`--reuid=${user}`, `--regid=${groupOf(user)}`, '--init-groups', program, ...words]]
    : [program, words]
  const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  child.on('error', () => {})
  child.unref()
  if (child.pid) writeFileSync(join(folder, 'run', name), `${child.pid} ${begunAt(child.pid)}`)
  return child
}

/** The main group of a user of this machine, by number. */
function groupOf(user) {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`))
  if (!line) throw new Error(`there is no user ${user} on this machine`)
  return line.split(':')[3]
}

/** The daemons of a folder that are running. */
export function running(folder) {
  const run = join(folder, 'run')
  if (!existsSync(run)) return []
  return readdirSync(run).flatMap((name) => {
    const [pid, begun] = readFileSync(join(run, name), 'utf8').split(' ')
    return begunAt(pid) === begun ? [{ name, pid: Number(pid) }] : []
  })
}

/** Ends every daemon of a folder, whatever is left of it too, and removes the folder. */
export async function endAll(folder) {
  const left = running(folder)
  const children = left.flatMap(({ pid }) => descendants(pid))
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    for (const { pid } of [...running(folder)].reverse()) kill(pid, signal)
    for (let attempt = 0; attempt < 100 && running(folder).length > 0; attempt += 1) await delay(50)
  }
  for (const pid of children) kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone.
  }
}

function descendants(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
    return children.flatMap((child) => [child, ...descendants(child)])
  } catch {
    return []
  }
}

/** Tries until it works; throws what went wrong last, with the end of the daemon's log, after `seconds`. */
export async function eventually(what, folder, name, seconds, work) {
  const until = performance.now() + seconds * 1000
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > until) throw new Error(`${what}: ${error.message}\n${tailOf(folder, name)}`)
      await delay(100)
    }
  }
}

export function tailOf(folder, name) {
  const path = join(folder, 'log', name)
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(-20).join('\n') : ''
}

export const stateOf = (folder) => {
  const path = join(folder, 'state.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}
// It holds credentials, too.
export const keepState = (folder, state) => {
  writeFileSync(join(folder, 'state.json'), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  return state
}
