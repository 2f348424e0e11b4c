import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { allRoutes } from '@tenantry/contract'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { openEngine } from './engines/index.ts'
import { addAnnouncementRoutes } from './features/announcements/index.ts'
import { addAuditLogRoutes } from './features/audit-log/index.ts'
import { addCarryThroughRoutes, followDecisions } from './features/carry-through/index.ts'
import { addDashboardRoutes, openDashboardEvents } from './features/dashboard/index.ts'
import { addEngineRoutes, keepEnginesOpen, shareThisMachine } from './features/engines/index.ts'
import { addFirstRunRoutes } from './features/first-run/index.ts'
import { addGateway, describeGateway } from './features/gateway/index.ts'
import { addJobRoutes } from './features/jobs/index.ts'
import { followCalls, openUsageBook } from './features/model-calls/index.ts'
import { addModelKeyRoutes, openKeyRing } from './features/model-keys/index.ts'
import { addModelUsageRoutes } from './features/model-usage/index.ts'
import { addModelRoutes, openShelf, watchModels } from './features/models/index.ts'
import { addPlaygroundRoutes } from './features/playground/index.ts'
import { addProfileRoutes } from './features/profile/index.ts'
import { addResourceRoutes, startReader } from './features/resources/index.ts'
import { addRoleRoutes } from './features/roles/index.ts'
import { addSignInRoutes, openGoOn } from './features/sign-in/index.ts'
import { addTenantRoutes } from './features/tenants/index.ts'
import { addUserRoutes } from './features/users/index.ts'
import { addWorkspaceRoutes, carryWorkspaces, openDoors } from './features/workspaces/index.ts'
import { startHousekeeping } from './housekeeping.ts'
import { openRevocations } from './platform/access/revocations.ts'
import { openSessionCache } from './platform/access/session-cache.ts'
import { openSealer } from './platform/audit/seal.ts'
import { type Config, isLoopback } from './platform/config/config.ts'
import type { Connection } from './platform/database/database.ts'
import type { Deps } from './platform/deps.ts'
import { openApp } from './platform/http/app.ts'
import { openLivePages } from './platform/http/live-pages.ts'
import { describeApi } from './platform/http/openapi.ts'
import { problem } from './platform/http/problem.ts'
import { openRegistrar } from './platform/http/registrar.ts'
import { openVisitors } from './platform/http/visitors.ts'

export const version = '0.1.0'
type Options = {
  config: Config
  deps: Deps
  connection: Connection
  webFolder: string | null
  /** How an engine is opened, where it is none that can be connected: for tests. */
  open?: typeof openEngine
}

/** The whole server over an open house, not listening yet. Closing it closes what it opened, not the house. */
export async function buildServer({ config, deps, connection, webFolder, open }: Options): Promise<FastifyInstance> {
  const { log, database } = deps
  const secure = config.publicUrl?.startsWith('https:') ?? false
  const sessions = openSessionCache(database)
  const doors = openDoors({ config, deps }, sessions)
  const { proxy, origins } = doors
  const { trustProxy } = config
  const app = await openApp({ log, trustProxy, webFolder, secure, formAction: origins.formAction, proxy })
  const revocations = openRevocations(database, connection, sessions)
  sessions.attach(revocations)
  const sealer = openSealer(database, log)
  const housekeeping = startHousekeeping(database, log, config)
  const engines = keepEnginesOpen(deps, open)
  const reader = startReader(deps, (engine) => followDecisions(deps, engine, open), open)
  const pages = openLivePages(database, sessions)
  const events = openDashboardEvents(database, connection, pages)
  app.addHook('preClose', async () => {
    pages.close()
    await events.close()
  })
  const shelf = openShelf(deps, sessions)
  const ring = openKeyRing(database, sessions)
  const calls = followCalls(sessions)
  const book = openUsageBook(database, log)
  const models = watchModels(deps)
  app.addHook('preClose', () => calls.close())
  const workspaces = carryWorkspaces({ deps, connection }, engines, doors)
  app.addHook('onClose', async () => {
    // First: what has just been used is not lost to whatever takes long.
    await book.close()
    doors.door.close()
    await workspaces.close()
    await models.close()
    shelf.close()
    await reader.close()
    engines.close()
    await housekeeping.stop()
    await revocations.close()
    await sealer.close()
  })

  addObservability(app, config, deps)
  const document = describeApi(version, describeGateway())
  app.get('/api/openapi.json', async () => document)
  await app.register(swagger, { mode: 'static', specification: { document: document as never } })
  await app.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: true, theme: { title: 'Tenantry API' } })

  const { on, served } = openRegistrar(app, database, openVisitors(sessions, config.rateLimit))
  addFirstRunRoutes(on, deps)
  addSignInRoutes(on, deps)
  addProfileRoutes(on, deps)
  addUserRoutes(on, deps)
  addRoleRoutes(on, deps)
  addTenantRoutes(on, deps, openGoOn(sessions), (actor, { id }) => shareThisMachine(deps, actor, id))
  addAuditLogRoutes(on, deps)
  addDashboardRoutes(on, deps, events)
  addAnnouncementRoutes(on, deps)
  addResourceRoutes(on, deps, engines)
  addEngineRoutes(on, deps)
  addJobRoutes(on, deps, engines, pages)
  addCarryThroughRoutes(on, deps)
  addWorkspaceRoutes(on, deps, engines, origins, pages)
  const asking = { deps, shelf, calls, book, silence: config.modelSilence * 1000 }
  addModelRoutes(on, deps)
  addModelKeyRoutes(on, deps, shelf)
  addModelUsageRoutes(on, deps)
  addPlaygroundRoutes(on, { ...asking, pages })
  await addGateway(app, { ...asking, ring }, config.keyRateLimit)
  const unserved = allRoutes.filter((route) => !served.has(route.operation))
  if (unserved.length > 0) throw new Error(`no answer for ${unserved.map((route) => route.operation).join(', ')}`)
  return app
}

function addObservability(app: FastifyInstance, { metricsToken }: Config, { database }: Deps): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const seconds = new Histogram({
    name: 'tenantry_http_request_seconds',
    help: 'Time to answer, by route.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? '(none)'
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    try {
      await database.ping()
      return { status: 'ready' }
    } catch {
      return reply
        .code(503)
        .header('retry-after', 2)
        .send({ status: 'waiting', reason: 'the database does not answer' })
    }
  })
  app.get('/metrics', async (request, reply) => {
    const address = request.socket.remoteAddress?.replace('::ffff:', '') ?? ''
    const near = isLoopback(address) && request.headers['x-forwarded-for'] === undefined
    const right = metricsToken !== null && request.headers.authorization === `Bearer ${metricsToken}`
    if (!near && !right) return problem('not_found')
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}
