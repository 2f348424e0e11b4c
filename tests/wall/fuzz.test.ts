import * as contract from '@tenantry/contract'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeApi } from '../../packages/server/src/platform/http/openapi.ts'
import type { Client } from '../support/client.ts'
import { openTestHouse, type Person, root, type TestHouse, twoTenants } from '../support/house.ts'

// Sizes that fit a run of every test; PROOF multiplies them.
const rounds = 30 * Number(process.env.PROOF ?? 1)
let house: TestHouse
let people: Person[]
const clients = new Map<Person, Client>()

beforeAll(async () => {
  house = await openTestHouse()
  const { acme } = await twoTenants(house)
  people = [acme.admin, root]
})
afterAll(() => house.close())

/** Whoever it is, signed in again where the last probe ended the session or took the rights away. */
async function clientOf(person: Person): Promise<Client> {
  const there = clients.get(person)
  if (there && (await there.ask(contract.getSession)).status === 200) return there
  const client = await house.signedIn(person)
  clients.set(person, client)
  return client
}

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\u202eevil',
    'null',
    '-1',
    '1e999',
    'true',
    '[]',
    "' or 1=1 --",
    '../../etc/passwd',
    '%00',
  ),
  fc.string({ minLength: 5_000, maxLength: 20_000 }),
  fc.uuid(),
  fc.integer().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
)
const anything = fc.oneof({ weight: 3, arbitrary: nasty }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) })

type Schema = { type?: string; properties?: Record<string, Schema>; enum?: unknown[]; items?: Schema; anyOf?: Schema[] }

/** Values that are often nearly right: the declared fields with right or wrong values, some missing, some too many. */
function nearly(schema: Schema): fc.Arbitrary<unknown> {
  const right: fc.Arbitrary<unknown> = schema.enum
    ? fc.constantFrom(...schema.enum)
    : schema.type === 'object'
      ? fc.record(
          Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, nearly(inner)])),
          { requiredKeys: [] },
        )
      : schema.type === 'array'
        ? fc.array(nearly(schema.items ?? {}), { maxLength: 4 })
        : schema.type === 'boolean'
          ? fc.boolean()
          : schema.type === 'integer'
            ? fc.integer()
            : nasty
  return fc.oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: anything })
}

const document = describeApi('0') as { paths: Record<string, Record<string, Operation>> }
type Operation = {
  operationId: string
  parameters: { name: string; in: string }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
)
// Each attempt waits on purpose.
const slow = new Set(['signIn'])

test('every route of the description is tried', () => {
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
    contract.allRoutes.map(({ operation }) => operation).sort(),
  )
})

test.each(operations.map((operation) => [operation.operationId, operation] as const))(
  '%s: whatever is sent, the answer is one of ours',
  async (_, { path, method, parameters, requestBody, operationId }) => {
    const of = (place: string) => parameters.filter((parameter) => parameter.in === place).map(({ name }) => name)
    const [type, body] = Object.entries(requestBody?.content ?? {})[0] ?? []
    const probe = fc.record({
      person: fc.nat(1),
      path: fc.record(Object.fromEntries(of('path').map((name) => [name, nasty]))),
      query: fc.record(Object.fromEntries([...of('query'), 'unknown'].map((name) => [name, nasty])), {
        requiredKeys: [],
      }),
      ifMatch: fc.constantFrom('*', '"1"', 'W/"2"', '', '"x"', '"99999999999999999999"'),
      type: fc.constantFrom(
        type ?? 'application/json',
        'application/json',
        'text/plain',
        'application/xml',
        'text/csv',
      ),
      body: body ? nearly(body.schema) : anything,
      raw: fc.option(nasty, { freq: 6 }),
    })
    const count = slow.has(operationId) ? Math.ceil(rounds / 10) : rounds
    for (const sent of fc.sample(probe, { numRuns: count, seed: 7 })) {
      const client = await clientOf(people[sent.person] as Person)
      const url = path.replace(/\{(\w+)\}/g, (_all, name) =>
        encodeURIComponent(sent.path[name]?.slice(0, 400).replace(/[\ud800-\udfff]/g, '') ?? ''),
      )
      const { status, text, headers } = await client.send(method, url, {
        query: Object.fromEntries(
          Object.entries(sent.query).map(([name, value]) => [
            name,
            value?.slice(0, 3000).replace(/[\ud800-\udfff]/g, '') ?? '',
          ]),
        ),
        ...(method !== 'GET' && { payload: sent.raw ?? JSON.stringify(sent.body) ?? '' }),
        headers: { ...(method !== 'GET' && { 'content-type': sent.type }), 'if-match': sent.ifMatch },
      })
      const said = [operationId, JSON.stringify(sent).slice(0, 600), status, text.slice(0, 300)]
      expect([...said, status < 500]).toEqual([...said, true])
      if (status < 400) continue
      expect([...said, headers['content-type']]).toEqual([...said, expect.stringContaining('application/problem+json')])
      const problem = contract.Problem.safeParse(JSON.parse(text))
      expect([...said, problem.success]).toEqual([...said, true])
      expect(Object.keys(contract.problems)).toContain(problem.data?.code)
      for (const { pointer } of problem.data?.errors ?? []) expect(pointer).toMatch(/^$|^[/?]/)
    }
  },
)
