import { openLog } from '../../packages/server/src/log.ts'
import { openApp } from '../../packages/server/src/platform/http/app.ts'
import type { Gate } from '../../packages/server/src/platform/proxy/gate.ts'
import { openProxy } from '../../packages/server/src/platform/proxy/proxy.ts'
import { sha256 } from '../../packages/server/src/platform/secrets/tokens.ts'

// The proxy under test, in a process of its own and as it stands in the server: Fastify beside it on the same port. The gate
// does what one must at least: the workspace of the Host, the session of the cookie by its hash, whether that is over.
const { ports, token, cookie, authorization } = JSON.parse(process.env.BENCH_PROXY ?? '{}') as {
  /** Of the upstreams of ws-0, ws-1 …; all others have the first. */
  ports: number[]
  token: string
  cookie: string
  authorization: string
}
const workspaces = new Map<string, { id: string; upstream: { host: string; port: number } }>()
const sessions = new Map<string, { userId: string; sessionId: string; until: number; usedAt: number }>()
for (let index = 0; index < 1_000; index += 1) {
  const upstream = { host: '127.0.0.1', port: ports[index] ?? (ports[0] as number) }
  workspaces.set(`ws-${index}.localhost`, { id: `workspace-${index}`, upstream })
  sessions.set(sha256(index === 0 ? token : `${token}${index}`).toString('base64'), {
    userId: `user-${index}`,
    sessionId: `session-${index}`,
    until: Date.now() + 24 * 3_600_000,
    usedAt: 0,
  })
}
const ofCookie = new RegExp(`(?:^|; )${cookie}=([^;]*)`)
const gate: Gate = {
  concerns: (host) => host?.startsWith('ws-') ?? false,
  admit({ headers }) {
    const workspace = workspaces.get(headers.host ?? '')
    const given = ofCookie.exec(headers.cookie ?? '')?.[1] ?? ''
    const session = sessions.get(sha256(given).toString('base64'))
    if (!workspace || !session || session.until < Date.now()) return { status: 403, body: 'no' }
    return {
      upstream: workspace.upstream,
      headers: { authorization },
      tag: { workspaceId: workspace.id, userId: session.userId, sessionId: session.sessionId },
      origin: `http://${headers.host}`,
      used: () => {
        session.usedAt = Date.now()
      },
    }
  },
}
const log = openLog('silent')
const proxy = openProxy({ gate, log, permits: () => true, ownCookies: [cookie, 'tenantry'], trustForwarded: false })
const app = await openApp({ log, trustProxy: false, webFolder: null, secure: false, formAction: null, proxy })
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
process.on('message', () => void app.close().then(() => process.exit(0)))
process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
process.on('disconnect', () => process.exit(0))
