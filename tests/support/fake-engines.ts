import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** How a peer misbehaves. */
export type Mood = 'well' | 'away' | 'silent' | 'garbage'

export type Fake = {
  address: string
  /** How many requests came, in all or for one path. */
  asked(path?: string): number
  become(mood: Mood): Promise<void>
  close(): Promise<void>
}

/** What comes instead of an answer, in turn: none of it may hurt. */
const garbage: ((response: ServerResponse) => void)[] = [
  (response) => response.end('<html><body>502 Bad Gateway</body></html>'),
  (response) => response.end('{"nodes": "many", "jobs": {"a": 1}, "associations": 7}'),
  (response) => response.end('null'),
  (response) => response.end('[[[[[[[['),
  (response) => response.end(Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 37) % 256))),
  (response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'),
  (response) => response.socket?.destroy(),
  (response) => response.writeHead(200, { 'content-length': '100000' }).write('{"nodes": ['),
  (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
]

/** A peer on loopback that answers as it is told, and misbehaves when it is told to. For faults that a real one has rarely. */
export async function startFake(answer: RequestListener): Promise<Fake> {
  let mood: Mood = 'well'
  let count = 0
  const byPath = new Map<string, number>()
  const sockets = new Set<Socket>()
  let server: Server
  let port = 0
  const open = () =>
    new Promise<void>((done) => {
      server = createServer((request, response) => {
        count += 1
        const path = request.url?.split('?')[0] ?? ''
        byPath.set(path, (byPath.get(path) ?? 0) + 1)
        if (mood === 'silent') return
        if (mood === 'garbage') return garbage[count % garbage.length]?.(response)
        answer(request, response)
      })
      server.on('connection', (socket) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
      })
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port
        done()
      })
    })
  const shut = () =>
    new Promise<void>((done) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => done())
    })
  await open()
  return {
    address: `http://127.0.0.1:${port}`,
    asked: (path) => (path === undefined ? count : (byPath.get(path) ?? 0)),
    async become(next) {
      if (mood === 'away' && next !== 'away') await open()
      if (mood !== 'away' && next === 'away') await shut()
      // Whoever was asking in silence has been forgotten, and waits on.
      mood = next
    },
    close: async () => {
      if (mood !== 'away') await shut()
    },
  }
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

export type FakeNode = { name: string; gpus: number; used: number; state: string; partitions: string[] }
export type FakeJob = { id: number; user: string; account: string; node: string; gpus: number; state: string }
export type FakeCluster = { nodes: FakeNode[]; jobs: FakeJob[] }

/** slurmrestd 22.05 (v0.0.38) as far as it is read, with the cluster as it is at each request. */
export const fakeSlurm = (cluster: () => FakeCluster): RequestListener => {
  const meta = { Slurm: { version: { major: 22, minor: 5, micro: 8 }, release: '22.05.8' } }
  return (request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    const say = (body: object) => json(response, 200, { meta, errors: [], ...body })
    if (path === '/slurm/v0.0.38/ping') return say({ pings: [{ hostname: 'fake', ping: 'UP', mode: 'primary' }] })
    if (path === '/slurmdb/v0.0.38/clusters') return say({ clusters: [{ name: 'fake' }] })
    if (path === '/slurmdb/v0.0.38/associations') {
      const accounts = [
        ...new Set(
          cluster()
            .jobs.map(({ account }) => account)
            .concat('acme', 'globex'),
        ),
      ]
      return say({ associations: accounts.map((account) => ({ account, parent_account: 'root', user: null })) })
    }
    if (path === '/slurm/v0.0.38/nodes') {
      return say({
        nodes: cluster().nodes.map(({ name, gpus, used, state, partitions }) => ({
          name,
          state,
          state_flags: [],
          cpus: 64,
          alloc_cpus: used * 8,
          real_memory: 512_000,
          alloc_memory: used * 64_000,
          gres: `gpu:h100:${gpus}`,
          gres_used: `gpu:h100:${used}(IDX:N/A)`,
          partitions,
          reason: state === 'down' ? 'Not responding' : '',
        })),
      })
    }
    if (path === '/slurm/v0.0.38/jobs') {
      return say({
        jobs: cluster().jobs.map(({ id, user, account, node, gpus, state }) => ({
          job_id: id,
          array_job_id: 0,
          array_task_id: null,
          name: `job ${id}`,
          user_name: user,
          account,
          partition: account,
          job_state: state,
          state_reason: 'None',
          nodes: state === 'RUNNING' ? node : '',
          node_count: 1,
          gres_detail: state === 'RUNNING' && gpus > 0 ? [`gpu:h100:${gpus}(IDX:0)`] : [],
          tres_per_node: `gres:gpu:h100:${gpus}`,
          cpus: gpus * 8,
          memory_per_node: gpus * 64_000,
          memory_per_cpu: null,
          submit_time: 1_700_000_000 + id,
          start_time: 1_700_000_010 + id,
        })),
      })
    }
    if (request.method === 'GET' && path.startsWith('/slurmdb/v0.0.38/user/')) {
      return json(response, 500, {
        meta,
        errors: [{ error_number: 9003, error: 'Nothing found with query' }],
        users: [],
      })
    }
    return path.includes('/v0.0.38/') ? say({}) : json(response, 404, 'Unable find requested URL.')
  }
}

/** Ironic as far as it is read. */
export const fakeIronic = (machines: () => { name: string; lessee: string; power: string }[]): RequestListener => {
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    if (url.pathname === '/') return json(response, 200, { default_version: { version: '1.82' } })
    const nodes = machines().filter(({ lessee }) => lessee === (url.searchParams.get('lessee') ?? lessee))
    json(response, 200, {
      nodes: nodes.map(({ name, lessee, power }) => ({
        uuid: name,
        name,
        lessee,
        power_state: power,
        provision_state: 'active',
        properties: { cpus: 128, memory_mb: 1_000_000 },
        extra: { gpus: [{ model: 'h100', count: 8 }] },
      })),
    })
  }
}
