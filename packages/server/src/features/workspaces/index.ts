import type { SessionCache } from '../../platform/access/session-cache.ts'
import type { Config } from '../../platform/config/config.ts'
import type { Connection } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { openProxy } from '../../platform/proxy/proxy.ts'
import type { Permits } from '../../platform/proxy/upstreams.ts'
import type { OpenEngines } from '../engines/index.ts'
import { openDoor } from './door.ts'
import { lookForWork } from './look-for-work.ts'
import { openOrigins } from './origin.ts'
import { startWorker } from './worker.ts'

export { type Origins, openOrigins } from './origin.ts'
export { addWorkspaceRoutes } from './routes.ts'

/** Where workspaces may be. What runs on this machine was started by us; everything else is where engines may be. */
const permitsFor =
  ({ engineAddresses, localWorkspaces }: Deps): Permits =>
  (host, ip) =>
    engineAddresses.permits(host, ip) || (localWorkspaces !== null && host === '127.0.0.1')

/** The doors of workspaces: the proxy behind them takes what is for a workspace before it comes to these pages. */
export function openDoors({ config, deps }: { config: Config; deps: Deps }, sessions: SessionCache) {
  const origins = openOrigins(config, deps)
  const door = openDoor(deps, sessions, origins)
  const proxy = openProxy({
    gate: door.gate,
    log: deps.log,
    permits: permitsFor(deps),
    ownCookies: door.ownCookies,
    trustForwarded: config.trustProxy,
  })
  door.attach(proxy)
  return { origins, door, proxy }
}
export type Doors = ReturnType<typeof openDoors>

/** Whoever carries workspaces on. */
export function carryWorkspaces(
  { deps, connection }: { deps: Deps; connection: Connection },
  engines: OpenEngines,
  { door }: Doors,
) {
  return startWorker(deps, connection, engines, lookForWork(door.trafficOf, permitsFor(deps)), door.lookAgain)
}
