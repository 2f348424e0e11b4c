import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getUser } from '@tenantry/contract'
import { present } from '../../packages/server/src/features/users/rules.ts'
import { userColumns } from '../../packages/server/src/features/users/store.ts'
import { openHouse } from '../../packages/server/src/house.ts'
import { openLog } from '../../packages/server/src/log.ts'
import { readConfig } from '../../packages/server/src/platform/config/config.ts'
import { parseParams } from '../../packages/server/src/platform/http/parse.ts'
import { etag } from '../../packages/server/src/platform/http/registrar.ts'
import { serializerFor } from '../../packages/server/src/platform/http/serialize.ts'
import { buildServer } from '../../packages/server/src/server.ts'
import { benchEngine } from './made-up-jobs.ts'

// The server under test, in a process of its own; it tells the bench its port, its memory and how long its loop was held up.
const connection = JSON.parse(process.env.BENCH_CONNECTION ?? '{}')
const { SECRET_KEY, ENGINE_ADDRESSES, MODEL_ADDRESSES, BENCH_JOBS } = process.env
const config = readConfig({
  SECRET_KEY,
  ENGINE_ADDRESSES,
  MODEL_ADDRESSES,
  RATE_LIMIT: '0',
  KEY_RATE_LIMIT: '0',
  LOG_LEVEL: 'error',
  PORT: '0',
  TRUST_PROXY: 'true',
})
const { deps } = await openHouse(config, connection, openLog('error'))
const open = BENCH_JOBS ? benchEngine(Number(BENCH_JOBS)) : undefined
const app = await buildServer({ config, deps, connection, webFolder: null, ...(open && { open }) })
// The same route without session, permission, tenant and row-level security.
const serialize = serializerFor(getUser.answers[200])
app.get('/stripped/:id', async (request, reply) => {
  const { id } = parseParams(getUser.params, request.params) as { id: string }
  const { rows } = await deps.database.pool.query({
    name: 'stripped',
    text: `select ${userColumns.join(', ')} from bench_users u join bench_roles r on r.id = u.role_id where u.id = $1`,
    values: [id],
  })
  const user = serialize(present(rows[0], new Date()))
  return reply
    .header('cache-control', 'no-store')
    .header('etag', etag(rows[0].version))
    .type('application/json; charset=utf-8')
    .serializer((text: unknown) => text as string)
    .send(user)
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
