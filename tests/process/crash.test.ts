import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServerProcess, startServer, temporaryDataFolder, tenantry } from '../support/server-process.ts'

const password = 'lantern copper walrus 79'
// Crashes that fit a run of every test; PROOF multiplies them.
const crashes = 3 * Number(process.env.PROOF ?? 1)
let data: Awaited<ReturnType<typeof temporaryDataFolder>>
let server: ServerProcess | null = null

beforeAll(async () => {
  data = await temporaryDataFolder()
  const run = async (words: string[]) =>
    expect([words[0], (await tenantry(data.folder, words, `${password}\n`)).code]).toEqual([words[0], 0])
  await run(['setup', '--username', 'root', '--email', 'r@example.org', '--password-stdin'])
  await run(['tenant', 'create', 'acme', '--name', 'Acme'])
  await run([
    ...['user', 'create', '--tenant', 'acme', '--username', 'ada', '--email', 'ada@acme.test', '--first-name', 'Ada'],
    ...['--last-name', 'Byron', '--role', 'Tenant Admin', '--password-stdin', '--no-must-change'],
  ])
})
afterAll(async () => {
  await server?.stop()
  await data.remove()
})

/** The process id of the embedded PostgreSQL, from the file that it keeps in its data directory. */
async function postmasterOf(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true })
  const file = files.find((name) => name.endsWith('postmaster.pid')) ?? ''
  return Number((await readFile(join(folder, file), 'utf8')).split('\n')[0])
}

async function open(url: string) {
  const answer = await fetch(`${url}/api/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ organization: 'acme', usernameOrEmail: 'ada', password }),
  })
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return async (method: string, path: string, body?: object) =>
    fetch(`${url}/api/v1${path}`, {
      method,
      headers: { cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
}

test(`the server killed at random moments under load, and its database too every other time: what was acknowledged is there, the chain holds (${crashes} times)`, async () => {
  const acknowledged = new Set<string>()
  let made = 0
  let random = 4711
  for (let round = 0; round < crashes; round += 1) {
    server = await startServer(data.folder)
    const ask = await open(server.url)
    const { items: roles } = await (await ask('GET', '/roles')).json()
    const roleId = roles.find(({ name }: { name: string }) => name === 'Tenant User').id
    let dead = false
    const write = async () => {
      while (!dead) {
        made += 1
        const username = `made${made}`
        const person = { username, email: `${username}@x.test`, firstName: 'M', lastName: 'Ade', roleId }
        const answer = await ask('POST', '/users', person).catch(() => null)
        if (answer?.status === 201 && (await answer.json().catch(() => null))) acknowledged.add(username)
        if (answer === null) return
      }
    }
    const writers = Array.from({ length: 8 }, write)
    random = (random * 48_271) % 2_147_483_647
    await new Promise((resolve) => setTimeout(resolve, 300 + (random % 900)))
    if (round % 2 === 0) process.kill(await postmasterOf(data.folder), 'SIGKILL')
    await server.stop('SIGKILL')
    dead = true
    await Promise.all(writers)
  }
  server = await startServer(data.folder)
  const ask = await open(server.url)
  const there = new Set<string>()
  let cursor = ''
  do {
    const page = await (await ask('GET', `/users?limit=200${cursor && `&cursor=${cursor}`}`)).json()
    for (const { username } of page.items) there.add(username)
    cursor = page.next ?? ''
  } while (cursor)
  expect(acknowledged.size).toBeGreaterThan(20 * crashes)
  expect([...acknowledged].filter((username) => !there.has(username))).toEqual([])
  // Every user has exactly one entry, and every entry its user.
  const lines = (await (await ask('GET', '/audit/export.jsonl?action=user.created')).text()).trim().split('\n')
  const told = lines.map((line) => JSON.parse(line).entry.target.name).sort()
  expect(told).toEqual([...there].sort())
  const verified = await tenantry(data.folder, ['audit', 'verify', '--json'])
  const verdicts = JSON.parse(verified.stdout) as { tenant: string; entries: number; broken: unknown }[]
  expect(verdicts.map(({ broken }) => broken)).toEqual([null, null])
  process.stdout.write(
    `  ${acknowledged.size} acknowledged, ${there.size} there, ${verdicts[1]?.entries} entries verified\n`,
  )
}, 3_600_000)
