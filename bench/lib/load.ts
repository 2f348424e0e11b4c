import { Agent, request } from 'node:http'

export type Answer = { status: number; body: string; cookies: string[] }
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

type Ask = {
  port: number
  path: string
  method?: string
  body?: unknown
  headers?: Record<string, string>
  /** Of more connections than 64. */
  through?: Agent
}

/** One request over a kept connection. */
export const ask = ({ port, path, method = 'GET', body, headers = {}, through = agent }: Ask): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    const type = typeof body === 'string' ? 'text/csv' : 'application/json'
    const outgoing = request(
      {
        agent: through,
        host: '127.0.0.1',
        port,
        path,
        method,
        headers: {
          ...(payload !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(payload) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            cookies: response.headers['set-cookie'] ?? [],
          }),
        )
        response.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(payload)
  })

export type Measured = { perSecond: number; p50: number; p95: number; p99: number; count: number }

/** Runs `work` over and over, `clients` at a time, for `seconds` after a warm-up of a fifth of it. Times in milliseconds. */
export async function measure(
  clients: number,
  seconds: number,
  work: (turn: number) => Promise<unknown>,
): Promise<Measured> {
  let turn = 0
  const round = async (until: number, times: number[] | null) => {
    while (performance.now() < until) {
      const begun = performance.now()
      turn += 1
      await work(turn)
      times?.push(performance.now() - begun)
    }
  }
  const all = (until: number, times: number[] | null) =>
    Promise.all(Array.from({ length: clients }, () => round(until, times)))
  await all(performance.now() + seconds * 200, null)
  const times: number[] = []
  const begun = performance.now()
  await all(begun + seconds * 1000, times)
  return { perSecond: times.length / ((performance.now() - begun) / 1000), count: times.length, ...percentiles(times) }
}

export function percentiles(times: number[]): { p50: number; p95: number; p99: number } {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
