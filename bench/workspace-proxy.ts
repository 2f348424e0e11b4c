// The proxy of workspaces beside nginx, by turns: the same upstreams, the same load, ours with its gate (--quick: a tenth as long).
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { echo, frameOf, openSockets } from './lib/frames.ts'
import { jupyterToken, openKernel, startJupyter } from './lib/jupyter.ts'
import { percentiles } from './lib/load.ts'
import { memoryOf, type Peer, startNginx, startScript } from './lib/processes.ts'
import { hasProgram } from './lib/programs.ts'
import { ms, printReport, report } from './lib/report.ts'
import { compare, wrk } from './lib/side-by-side.ts'

const quick = process.argv.includes('--quick')
const seconds = Number(process.env.SECONDS_EACH ?? (quick ? 1 : 4))
// Ten seconds under load, then what Node runs is translated.
const warmUp = quick ? 1 : 12
const rounds = Number(process.env.ROUNDS ?? (quick ? 2 : 6))

const missing = ['nginx', 'wrk'].filter((name) => !hasProgram(name))
const { debian } = (await import(new URL('../scripts/lib/debian.mjs', import.meta.url).href)) as {
  debian(packages: string[]): Promise<string | null>
}
const why = missing.length === 0 ? null : await debian(missing)
if (why !== null) {
  process.stdout.write(`NOT RUN: there is no ${missing.join(' and no ')} to compare with: ${why}\n`)
  process.exit(0)
}

const folder = mkdtempSync(join(tmpdir(), 'tenantry-proxy-'))
chmodSync(folder, 0o755)
const files = join(folder, 'files')
mkdirSync(files)
writeFileSync(join(files, 'small'), 'x'.repeat(1024))
writeFileSync(join(files, 'large'), Buffer.alloc(1024 * 1024, 'x'))
const upload = join(folder, 'upload.lua')
writeFileSync(upload, 'wrk.method = "PUT"\nwrk.body = string.rep("x", 1048576)\n')

const freePort = () =>
  new Promise<number>((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
const stops: (() => Promise<void>)[] = []
const stopAll = async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
  rmSync(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void stopAll().then(() => process.exit(1)))
const started = <P extends Peer>(peer: P): P => {
  stops.push(() => peer.stop())
  return peer
}

process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack}\n`)
  void stopAll().then(() => process.exit(1))
})

const staticPort = await freePort()
started(
  await startNginx(join(folder, 'static'), staticPort, `server { listen 127.0.0.1:${staticPort}; root ${files}; }`),
)
const canned = started(await startScript('canned.ts'))
const withJupyter = hasProgram('jupyter-notebook')
const jupyterPort = await freePort()
if (withJupyter) started(await startJupyter(join(folder, 'jupyter'), jupyterPort))

const upstreams = [staticPort, canned.port, jupyterPort]
const authorization = `token ${jupyterToken}`
const frontPort = await freePort()
// What passes straight through ours does so here: bodies are not stored first, streams not held back.
const frontOf = (listen: number) =>
  [
    `map $http_upgrade $connection_of { default upgrade; '' ''; }`,
    ...upstreams.map(
      (port, index) => `upstream u${index} { server 127.0.0.1:${port}; keepalive 128; keepalive_requests 1000000000; }
server { listen 127.0.0.1:${listen}; server_name ws-${index}.localhost;
  location / { proxy_pass http://u${index}; proxy_http_version 1.1; proxy_request_buffering off;
    ${index === 0 ? '' : 'proxy_buffering off;'} proxy_read_timeout 1h;
    proxy_set_header Host 127.0.0.1:${port}; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_of;
    proxy_set_header Origin http://127.0.0.1:${port}; proxy_set_header Authorization "${authorization}";
    proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto http; proxy_set_header X-Forwarded-Host $host; } }`,
    ),
  ].join('\n')
const nginx = started(await startNginx(join(folder, 'front'), frontPort, frontOf(frontPort)))
const token = 'a token of the bench with as many characters as one has'.replaceAll(' ', '-')
const cookie = 'tenantry-workspace'
const startOurs = () =>
  startScript('proxied.ts', { BENCH_PROXY: JSON.stringify({ ports: upstreams, token, cookie, authorization }) })
const ours = started(await startOurs())
const peers = { nginx, ours }
// wrk puts its own Host beside one of another spelling.
const headersOf = (index: number) => ({
  Host: `ws-${index}.localhost`,
  cookie: `${cookie}=${token}; _xsrf=2|0123abcd|0123456789abcdef0123456789abcdef|1700000000`,
  origin: `http://ws-${index}.localhost`,
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
  'sec-fetch-site': 'same-origin',
})

const requests: [string, number, { path: string; connections: number; script?: string }][] = [
  ['GET of 1 kB, 32 connections', 0, { path: '/small', connections: 32 }],
  ['download of 1 MB, 8 connections', 0, { path: '/large', connections: 8 }],
  ['upload of 1 MB, 8 connections', 1, { path: '/upload', connections: 8, script: upload }],
  ['a stream of 10 chunks, 32 connections', 1, { path: '/stream', connections: 32 }],
]
for (const [what, index, load] of requests) {
  const headers = headersOf(index)
  await compare(what, peers, {
    rounds,
    warmUp,
    least: 0.8,
    work: ({ port }) => wrk(port, { ...load, headers, seconds }),
  })
}

/** From the question to the first byte of a body in chunks, one after another. */
const firstByte = (port: number) =>
  new Promise<number>((done, failed) => {
    const begun = performance.now()
    get({ host: '127.0.0.1', port, path: '/stream', headers: headersOf(1) }, (response) => {
      let first = 0
      response.once('data', () => {
        first = performance.now() - begun
      })
      response.on('data', () => {}).on('end', () => done(first))
    }).on('error', failed)
  })
const times = { direct: [] as number[], nginx: [] as number[], ours: [] as number[] }
for (let turn = 0; turn < (quick ? 300 : 3_000); turn += 1) {
  times.direct.push(await firstByte(canned.port))
  times.nginx.push(await firstByte(nginx.port))
  times.ours.push(await firstByte(ours.port))
}
const [direct, byNginx, byOurs] = [times.direct, times.nginx, times.ours].map(percentiles) as [Times, Times, Times]
type Times = ReturnType<typeof percentiles>
const beyond = (of: Times) => `p50 + ${ms(of.p50 - direct.p50)}, p99 + ${ms(of.p99 - direct.p99)}`
report({
  what: 'time to the first byte of a stream, added to the direct one',
  measured: beyond(byOurs),
  bar: 'p50 ≤ 3 ms, p99 ≤ 15 ms',
  compared: `nginx: ${beyond(byNginx)}; direct: p50 ${ms(direct.p50)}`,
  holds: byOurs.p50 - direct.p50 <= 3 && byOurs.p99 - direct.p99 <= 15,
})

for (const bytes of [200, 64 * 1024]) {
  const frame = frameOf(bytes)
  const sockets = new Map<Peer, Awaited<ReturnType<typeof openSockets>>>()
  for (const peer of [nginx, ours]) sockets.set(peer, await openSockets(peer.port, 50, headersOf(1)))
  await compare(`websocket messages of ${bytes < 1024 ? `${bytes} B` : '64 kB'} and back, 50 websockets`, peers, {
    rounds,
    warmUp,
    least: 0.8,
    work: (peer) => echo(sockets.get(peer) ?? [], frame, seconds),
  })
  for (const socket of [...sockets.values()].flat()) socket.destroy()
}

const perSocket = async ({ port, pid }: Peer) => {
  const before = memoryOf(pid)
  const sockets = await openSockets(port, 1_000, headersOf(1))
  await echo(sockets, frameOf(200), 0)
  const after = memoryOf(pid)
  for (const socket of sockets) socket.destroy()
  return { each: (after - before) / 1_000 / 1024, all: after / 2 ** 20 }
}
// Young ones: memory that was used before is used again, and nothing would be seen.
const frontAgain = await freePort()
const fresh = {
  nginx: started(await startNginx(join(folder, 'again'), frontAgain, frontOf(frontAgain))),
  ours: started(await startOurs()),
}
const [idleNginx, idleOurs] = [await perSocket(fresh.nginx), await perSocket(fresh.ours)]
const held = (of: typeof idleOurs) => `${of.each.toFixed(1)} KiB each, ${of.all.toFixed(0)} MiB in all`
report({
  what: '1,000 idle websockets: memory',
  measured: held(idleOurs),
  bar: '–',
  compared: `nginx: ${held(idleNginx)}`,
  holds: null,
})

if (withJupyter) {
  const kernels = new Map<Peer, Awaited<ReturnType<typeof openKernel>>>()
  for (const peer of [nginx, ours]) kernels.set(peer, await openKernel(peer.port, headersOf(2)))
  await compare('questions to a kernel of a real Jupyter, one after another', peers, {
    rounds,
    warmUp,
    least: 0.8,
    work: (peer) => (kernels.get(peer) as Awaited<ReturnType<typeof openKernel>>).ask(seconds),
  })
  for (const kernel of kernels.values()) kernel.close()
} else process.stdout.write('NOT RUN: a real Jupyter as the upstream: there is no jupyter-notebook here.\n')

printReport('workspace-proxy')
await stopAll()
process.exit(0)
