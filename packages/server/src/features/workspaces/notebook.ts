import { request } from 'node:http'
import { isIP } from 'node:net'
import { z } from 'zod'
import { lookupWithin, type Permits } from '../../platform/proxy/upstreams.ts'
import type { Kernel, Terminal } from './idle.ts'

export type Notebook = { kernels: Kernel[]; terminals: Terminal[] }

/** Milliseconds, and bytes: a notebook server belongs to whoever runs it, and may answer anything. */
const longest = 3000
const most = 1024 * 1024
/** More than anybody looks at. */
const mostOfEach = 1000

// Jupyter Server 2 and Notebook 6.4 answer alike; what one leaves out at times is not known.
const time = z.string().max(100).nullish().catch(null)
const kernels = z
  .array(
    z.object({
      execution_state: z.string().max(100).catch('unknown'),
      last_activity: time,
      connections: z.number().nonnegative().catch(0),
    }),
  )
  .max(mostOfEach)
const terminals = z.array(z.object({ last_activity: time })).max(mostOfEach)

/**
 * The kernels and terminals of a notebook server, by its own interface. Null where it is not permitted, does not
 * answer, does not know our secret, or answers what it should not. Never throws.
 */
export async function askNotebook(
  address: { host: string; port: number },
  secret: string,
  permits: Permits,
  signal: AbortSignal,
): Promise<Notebook | null> {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(longest)])
  const [ofKernels, ofTerminals] = await Promise.all(
    ['/api/kernels', '/api/terminals'].map((path) => get(address, path, secret, permits, bound)),
  )
  const readKernels = kernels.safeParse(ofKernels?.status === 200 ? parsed(ofKernels.text) : null)
  // A server without terminals has no such path.
  const readTerminals = terminals.safeParse(
    ofTerminals?.status === 404 ? [] : ofTerminals?.status === 200 ? parsed(ofTerminals.text) : null,
  )
  if (!readKernels.success || !readTerminals.success) return null
  return {
    kernels: readKernels.data.map(({ execution_state, last_activity, connections }) => ({
      state: execution_state,
      lastActivity: last_activity ?? null,
      connections,
    })),
    terminals: readTerminals.data.map(({ last_activity }) => ({ lastActivity: last_activity ?? null })),
  }
}

/** Without following where it leads: the secret is for this address alone, and for none that is not permitted. Null where nothing whole came in time. */
function get(
  { host, port }: { host: string; port: number },
  path: string,
  secret: string,
  permits: Permits,
  signal: AbortSignal,
): Promise<{ status: number; text: string } | null> {
  return new Promise((done) => {
    // A name is held against the same when it is looked up.
    if (isIP(host) && !permits(host, host)) return done(null)
    const lookup = lookupWithin(permits)
    const headers = { accept: 'application/json', authorization: `token ${secret}` }
    const asking = request({ host, port, path, headers, signal, agent: false, lookup }, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > most) response.destroy()
        else chunks.push(chunk)
      })
      response.on('end', () => done({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }))
      response.on('error', () => done(null))
      response.on('close', () => done(null))
    })
    asking.on('error', () => done(null))
    asking.end()
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
