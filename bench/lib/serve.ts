import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openHouse } from '../../packages/server/src/house.ts'
import { openLog } from '../../packages/server/src/log.ts'
import { readConfig } from '../../packages/server/src/platform/config/config.ts'
import { buildServer } from '../../packages/server/src/server.ts'

// The server under test, in a process of its own; it tells the bench its port, its memory and how long its loop was held up.
const connection = JSON.parse(process.env.BENCH_CONNECTION ?? '{}')
const config = readConfig({ RATE_LIMIT: '0', LOG_LEVEL: 'error', PORT: '0', TRUST_PROXY: 'true' })
const { deps } = await openHouse(config, connection, openLog('error'))
const app = await buildServer({ config, deps, connection, webFolder: null })
// The same build of the server without session, permission, tenant and row-level security.
app.get('/stripped/:id', async (request) => {
  const { id } = request.params as { id: string }
  const { rows } = await deps.database.pool.query({
    name: 'stripped',
    text: `select u.id, u.username, u.email, u.first_name as "firstName", u.last_name as "lastName", u.status, u.version, r.name as role
           from bench_users u join bench_roles r on r.id = u.role_id where u.id = $1`,
    values: [id],
  })
  return rows[0]
})
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
const loop = monitorEventLoopDelay({ resolution: 5 })
loop.enable()
process.on('message', (message) => {
  if (message === 'reset') loop.reset()
  if (message === 'stop')
    void app
      .close()
      .then(() => deps.database.close())
      .then(() => process.exit(0))
  process.send?.({ rss: process.memoryUsage().rss, p99: (loop.percentile(99) - 5e6) / 1e6, max: loop.max / 1e6 })
})
process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
