import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

/** One of the processes compared: its port, and the id of the process that does the work. */
export type Peer = { port: number; pid: number; stop(): Promise<void> }

/** A script of this folder that tells its port, and ends when it is told anything. */
export async function startScript(file: string, env: Record<string, string> = {}): Promise<Peer> {
  const profile = process.env.PROF && file === 'proxied.ts' ? ['--cpu-prof', `--cpu-prof-dir=${process.env.PROF}`] : []
  const child = fork(new URL(file, import.meta.url), {
    env: { ...process.env, ...env },
    execArgv: ['--import', 'tsx', ...profile],
  })
  const [{ port }] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${file} ended: ${code}`))),
  ])) as [{ port: number }]
  return {
    port,
    pid: child.pid as number,
    stop: async () => {
      child.send('stop')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/** nginx with one worker in a folder of its own. `servers` stands within `http`. */
export async function startNginx(folder: string, port: number, servers: string): Promise<Peer> {
  mkdirSync(folder, { recursive: true })
  const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 8192; }
http { ${own} access_log off; default_type text/plain; keepalive_requests 1000000000; keepalive_timeout 1h;
client_max_body_size 0; ${servers} }
`,
  )
  const child = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], { stdio: 'ignore' })
  await listens(port, child)
  const worker = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0]
  return { port, pid: Number(worker), stop: () => end(child) }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** Waits until something listens there. */
export async function listens(port: number, child: ChildProcess): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended: ${child.exitCode}`)
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => done(true)).on('error', () => done(false))
      socket.on('connect', () => socket.destroy())
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${child.spawnfile} does not listen on port ${port}`)
}

/** Processor time in microseconds since its start; NaN where /proc does not tell. */
export function cpuOf(pid: number): number {
  if (!existsSync(`/proc/${pid}/stat`)) return Number.NaN
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

/** Memory held, in bytes. */
export function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1024
}
