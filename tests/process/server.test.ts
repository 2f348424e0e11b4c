import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ServerProcess, startServer, temporaryDataFolder, tenantry } from '../support/server-process.ts'

const password = 'lantern copper walrus 79'
let data: Awaited<ReturnType<typeof temporaryDataFolder>>
const running: ServerProcess[] = []

beforeEach(async () => {
  data = await temporaryDataFolder()
})
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
  await data.remove()
})

const start = async (env: Record<string, string> = {}) => {
  const server = await startServer(data.folder, env)
  running.push(server)
  return server
}
const run = (words: string[], input = `${password}\n`) => tenantry(data.folder, words, input)
const ada = [
  'user',
  'create',
  '--tenant',
  'acme',
  '--username',
  'ada',
  '--email',
  'ada@acme.test',
  '--first-name',
  'Ada',
  '--last-name',
  'Byron',
  '--role',
  'tenant admin',
  '--password-stdin',
  '--no-must-change',
]

async function signIn(url: string, username: string, typed = password, organization = 'acme') {
  const response = await fetch(`${url}/api/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ organization, usernameOrEmail: username, password: typed }),
  })
  return {
    status: response.status,
    body: await response.json(),
    cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '',
  }
}

test('the command line works with the server down and up, and tells it at once', async () => {
  expect(await run(['setup', '--username', 'root', '--email', 'r@example.org', '--password-stdin'])).toMatchObject({
    code: 0,
  })
  expect((await run(['setup', '--username', 'root', '--email', 'r@example.org', '--password-stdin'])).code).toBe(1)
  expect(await run(['tenant', 'create', 'acme', '--name', 'Acme'])).toMatchObject({ code: 0 })
  const again = await run(['tenant', 'create', 'acme', '--name', 'Acme', '--json'])
  expect([again.code, JSON.parse(again.stdout).code]).toEqual([1, 'slug_taken'])

  const server = await start()
  expect(server.setUpLink()).toBe('')
  expect((await run(ada)).code).toBe(0)
  const session = await signIn(server.url, 'ada')
  expect(session.status).toBe(200)
  const who = () =>
    fetch(`${server.url}/api/v1/session`, { headers: { cookie: session.cookie } }).then(({ status }) => status)
  expect(await who()).toBe(200)

  const reset = await run(['user', 'reset-password', '--tenant', 'acme', 'ada', '--json'])
  const { temporaryPassword } = JSON.parse(reset.stdout)
  await expect.poll(who, { timeout: 1000, interval: 10 }).toBe(401)
  expect((await signIn(server.url, 'ada', temporaryPassword)).body.passwordChangeRequired).toBe(true)

  const list = await run(['user', 'list', '--tenant', 'acme', '--json'])
  expect(JSON.parse(list.stdout).items).toMatchObject([{ username: 'ada', role: { name: 'Tenant Admin' } }])
  const last = await run(['user', 'disable', '--tenant', 'acme', 'ada'])
  expect([last.code, last.stderr]).toEqual([1, expect.stringContaining('last active admin')])
  expect((await run(['user', 'list', '--tenant', 'nowhere'])).stderr).toContain('There is no tenant "nowhere"')
  expect((await run(['user', 'unlock'])).code).toBe(2)
  expect((await run(['--help'])).stdout).toContain('DATABASE_URL')
  expect(server.output()).not.toContain(temporaryPassword)
})

test('SIGTERM ends in order; a second start on the same folder is refused; kill -9 is no obstacle to the next', async () => {
  const first = await start()
  await expect(startServer(data.folder)).rejects.toThrow(/in use by/)
  expect(await first.stop('SIGTERM')).toBe(0)
  running.pop()
  const second = await start()
  await second.stop('SIGKILL')
  running.pop()
  const third = await start()
  expect((await fetch(`${third.url}/readyz`)).status).toBe(200)
  expect((await run(['tenant', 'list'])).code).toBe(0)
})

test('settings that are wrong stop the start, all at once', async () => {
  await expect(start({ PORT: 'abc', PUBLIC_URL: 'foo' })).rejects.toThrow(/PORT: .*\n.*PUBLIC_URL: /)
})

test('what watches it can see it, and others cannot see inside', async () => {
  const { url } = await start({ METRICS_TOKEN: 'a token of twenty characters' })
  const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers })
  expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' })
  expect((await get('/metrics')).status).toBe(200)
  expect((await get('/metrics', { 'x-forwarded-for': '192.0.2.1' })).status).toBe(404)
  expect(
    (await get('/metrics', { 'x-forwarded-for': '192.0.2.1', authorization: 'Bearer a token of twenty characters' }))
      .status,
  ).toBe(200)
  const document = await (await get('/api/openapi.json')).json()
  expect(document.openapi).toBe('3.1.0')
  expect((await get('/api/docs/')).status).toBe(200)
  const page = await get('/sign-in/acme')
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect((await get('/api/v1/nowhere')).status).toBe(404)
  expect((await fetch(`${url}/users`, { method: 'HEAD' })).status).toBe(200)
})

test('a limit says when to come back', async () => {
  const { url } = await start({ RATE_LIMIT: '5' })
  const answers = []
  for (let index = 0; index < 7; index += 1) answers.push(await fetch(`${url}/api/v1/first-run`))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429])
  expect(answers[0]?.headers.get('ratelimit-remaining')).toBe('4')
  expect(Number(answers[5]?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await answers[5]?.json()).toMatchObject({ code: 'too_many_requests', retryAfter: expect.any(Number) })
})
