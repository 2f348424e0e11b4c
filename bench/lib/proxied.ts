import { openLog } from '../../packages/server/src/log.ts'
import { openApp } from '../../packages/server/src/platform/http/app.ts'
import type { Admission, Gate } from '../../packages/server/src/platform/proxy/gate.ts'
import { openProxy } from '../../packages/server/src/platform/proxy/proxy.ts'
import { sha256 } from '../../packages/server/src/platform/secrets/tokens.ts'

// The proxy under test, in a process of its own as it stands in the server: Fastify beside it on the same port. The gate does
// what one must at least: the workspace of the Host, the session of the cookie by its hash, whether either is over.
const upstream = { host: '127.0.0.1', port: Number(process.env.UPSTREAM_PORT) }
const token = process.env.BENCH_TOKEN ?? ''
const cookie = 'tenantry-workspace'
const workspaces = new Map<string, { id: string; upstream: Admission['upstream'] }>()
const sessions = new Map<string, { userId: string; sessionId: string; until: number; used: number }>()
for (let index = 0; index < 1_000; index += 1) {
  workspaces.set(`ws-${index}.localhost`, { id: `workspace-${index}`, upstream })
  sessions.set(sha256(index === 0 ? token : `${token}${index}`).toString('base64'), {
    userId: `user-${index}`,
    sessionId: `session-${index}`,
    until: Date.now() + 3_600_000,
    used: 0,
  })
}
const nameOf = (host: string | undefined) => host?.slice(0, host.lastIndexOf(':')) ?? ''
const gate: Gate = {
  concerns: (host) => host?.startsWith('ws-') ?? false,
  admit(request) {
    const workspace = workspaces.get(nameOf(request.headers.host))
    const given = new RegExp(`(?:^|; )${cookie}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1] ?? ''
    const session = sessions.get(sha256(given).toString('base64'))
    if (!workspace || !session || session.until < Date.now()) return { status: 403, body: 'no' }
    return {
      upstream: workspace.upstream,
      headers: { authorization: 'token 0123456789abcdef0123456789abcdef' },
      tag: { workspaceId: workspace.id, userId: session.userId, sessionId: session.sessionId },
      origin: `http://${request.headers.host}`,
      used: () => {
        session.used = Date.now()
      },
    }
  },
}
const log = openLog('silent')
const proxy = openProxy({ gate, log, permits: () => true, ownCookies: [cookie, 'tenantry'], trustForwarded: false })
const app = await openApp({ log, trustProxy: false, webFolder: null, secure: false, formAction: null, proxy })
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
process.on('message', (message) => {
  if (message === 'stop') void app.close().then(() => process.exit(0))
  process.send?.({ open: proxy.count(() => true), rss: process.memoryUsage().rss })
})
process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
