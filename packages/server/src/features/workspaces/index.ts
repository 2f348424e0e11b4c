import type { SessionCache } from '../../platform/access/session-cache.ts'
import type { Config } from '../../platform/config/config.ts'
import type { Connection } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import type { OpenEngines } from '../engines/index.ts'
import { openDoor } from './door.ts'
import { lookForWork } from './look-for-work.ts'
import { openOrigins } from './origin.ts'
import { startWorker } from './worker.ts'

export { type Origins, openOrigins } from './origin.ts'
export { addWorkspaceRoutes } from './routes.ts'

/** The door to workspaces, and whoever carries them on. */
export function openWorkspaces(
  { config, deps, connection }: { config: Config; deps: Deps; connection: Connection },
  sessions: SessionCache,
  engines: OpenEngines,
) {
  const origins = openOrigins(config, deps)
  const door = openDoor(deps, sessions, origins)
  const worker = startWorker(deps, connection, engines, lookForWork(door.trafficOf), door.lookAgain)
  return {
    origins,
    door,
    async close() {
      door.close()
      await worker.close()
    },
  }
}
