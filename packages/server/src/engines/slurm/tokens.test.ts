import type { Scope } from '@tenantry/contract'
import { afterEach, expect, test } from 'vitest'
import {
  type FakeAnswer,
  type FakeEngine,
  type FakeRequest,
  openFakeEngine,
} from '../../../../../tests/support/fake-engine.ts'
import { job as jobOf, person, refusal } from '../../../../../tests/support/slurm.ts'
import type { Engine } from '../port.ts'
import { openSlurm } from './index.ts'
import { mintToken } from './tokens.ts'

const scope: Scope = { kind: 'slurm', accounts: ['acme'], partitions: ['gpu'], prefix: 'ac-' }
const ada = person('ada')
const secret = 's'.repeat(40)
const signal = () => AbortSignal.timeout(5_000)
const job = jobOf('train', 'true', { where: 'gpu' })

let fake: FakeEngine
let engine: Engine | undefined
afterEach(async () => {
  engine?.close()
  await fake.close()
})

/** A slurmrestd that speaks v0.0.42, a broker and an agent at one address; `more` answers first. */
async function open(
  type: 'slurm_broker' | 'slurm_key',
  more: (request: FakeRequest) => FakeAnswer | null = () => null,
) {
  fake = await openFakeEngine((request) => more(request) ?? answer(request))
  const at = fake.address
  const credential =
    type === 'slurm_key'
      ? { type, user: 'slurm', keyBase64: Buffer.alloc(32, 1).toString('base64') }
      : { type, user: 'slurm', brokerUrl: at, brokerSecret: secret, logAgentUrl: at, logAgentSecret: secret }
  engine = fake.open(openSlurm, credential)
  return engine
}

function answer({ path, body, query }: FakeRequest): FakeAnswer {
  if (path === '/v1/token') {
    const { user, seconds } = body as { user: string; seconds: number }
    return { body: { token: `token-of-${user}`, expiresAt: new Date(Date.now() + seconds * 1000).toISOString() } }
  }
  if (path === '/v1/person') return { body: { home: `/data/${query.get('user')}` } }
  if (path === '/v1/stat') return { status: 409, body: { error: 'not_a_file' } }
  const [, plugin, version, ...rest] = path.split('/')
  if (version !== 'v0.0.42') return { status: 404 }
  const association = { account: 'acme', cluster: 'hpc', qos: ['normal'], parent_account: 'root' }
  const bodies: Record<string, object> = {
    'slurm ping': { pings: [{ pinged: 'UP' }], meta: { slurm: { release: '24.11', cluster: 'hpc' } } },
    'slurmdb clusters': { clusters: [{ name: 'hpc' }] },
    'slurmdb associations': {
      associations: [
        { ...association, user: '' },
        { ...association, user: 'ac-ada' },
      ],
    },
    'slurm partitions': { partitions: [{ name: 'gpu', partition: { state: ['UP'] } }] },
    'slurm nodes': { nodes: [] },
    'slurm jobs': { jobs: [] },
    'slurm job/submit': { job_id: 7, errors: [] },
  }
  return { body: bodies[`${plugin} ${rest.join('/').replace(/\/$/, '')}`] ?? { jobs: [] } }
}

const asked = (path: string) => fake.requests.filter((request) => request.path.replace(/\/$/, '').endsWith(path))
test('what is read is read as the platform, what is submitted as the person; each token is asked for once', async () => {
  const { jobs, snapshot } = await open('slurm_broker')
  await Promise.all([snapshot([scope], signal()), snapshot([scope], signal()), jobs?.submit(scope, ada, job, signal())])
  await jobs?.submit(scope, ada, job, signal())
  expect(asked('/v1/token').map(({ body }) => body)).toEqual([
    { user: 'slurm', seconds: 120 },
    { user: 'ac-ada', seconds: 300 },
  ])
  expect(asked('/v1/token').every(({ headers }) => headers.authorization === `Bearer ${secret}`)).toBe(true)
  const [submitted, ...again] = asked('/job/submit')
  expect(again).toHaveLength(1)
  expect(submitted?.headers).toMatchObject({
    'x-slurm-user-name': 'ac-ada',
    'x-slurm-user-token': 'token-of-ac-ada',
  })
  expect(submitted?.body).toMatchObject({
    job: {
      account: 'acme',
      partition: 'gpu',
      qos: 'normal',
      // The home is what the log agent says.
      current_working_directory: '/data/ac-ada',
      standard_output: '%x-%j.out',
      environment: expect.arrayContaining(['HOME=/data/ac-ada', 'USER=ac-ada']),
    },
  })
  const others = fake.requests.filter(({ path }) => /^\/slurm/.test(path) && !/submit/.test(path))
  expect(new Set(others.map(({ headers }) => headers['x-slurm-user-token']))).toEqual(new Set(['token-of-slurm']))
})

test('HOME and the working directory can be said', async () => {
  const { jobs } = await open('slurm_broker')
  await jobs?.submit(scope, ada, { ...job, environment: { HOME: '/lustre/$USER/' } }, signal())
  await jobs?.submit(scope, ada, { ...job, workingDirectory: '/scratch/x/' }, signal())
  const bodies = asked('/job/submit').map(({ body }) => (body as { job: Record<string, unknown> }).job)
  expect(bodies.map((body) => [body.current_working_directory, body.standard_output])).toEqual([
    ['/lustre/ac-ada', '%x-%j.out'],
    ['/scratch/x/', '%x-%j.out'],
  ])
})

test('a token that is half over, or was not taken, is not used again', async () => {
  let seconds = 0
  const { jobs } = await open('slurm_broker', ({ path }) =>
    path === '/v1/token'
      ? { body: { token: 't', expiresAt: new Date(Date.now() + seconds * 1000).toISOString() } }
      : null,
  )
  await jobs?.choices(scope, ada, signal())
  const first = asked('/v1/token').length
  expect(first).toBeGreaterThan(1)
  seconds = 120
  await jobs?.choices(scope, ada, signal())
  await jobs?.choices(scope, ada, signal())
  expect(asked('/v1/token').length).toBe(first + 1)
})

test.each([
  [401, 'unauthorised', /does not take our secret/],
  [403, 'refused', /makes no token for ac-ada/],
  [429, 'unreachable', /too much/],
  [503, 'unreachable', /answered 503/],
] as const)('a broker that answers %i is told in words, without a secret', async (status, kind, words) => {
  const { jobs } = await open('slurm_broker', ({ path, body }) =>
    path === '/v1/token' && (body as { user: string }).user === 'ac-ada'
      ? { status, body: { error: 'x', message: 'no' } }
      : null,
  )
  const found = await refusal(jobs?.submit(scope, ada, job, signal()))
  expect(found).toEqual([kind, expect.stringMatching(words)])
  expect(found[1]).not.toContain(secret)
})

test('a broker that never answers costs no more than one waits for it', async () => {
  const { jobs } = await open('slurm_broker', ({ path }) => (path === '/v1/token' ? { never: true } : null))
  const found = await refusal(jobs?.choices(scope, ada, AbortSignal.timeout(100)))
  expect(found).toEqual(['slow', expect.stringMatching(/broker/)])
})

test('without a broker choices are read, and nothing is submitted', async () => {
  const { jobs, workspaces } = await open('slurm_key')
  expect((await jobs?.choices(scope, ada, signal()))?.combinations).toEqual([
    { where: 'gpu', account: 'acme', qos: 'normal' },
  ])
  expect(await refusal(jobs?.submit(scope, ada, job, signal()))).toEqual([
    'refused',
    expect.stringMatching(/needs a token broker/),
  ])
  expect(asked('/job/submit')).toEqual([])
  expect(workspaces).toBeUndefined()
})

test('a token is made as scontrol makes one', () => {
  const [head = '', body = ''] = mintToken(Buffer.alloc(32, 1), 'ada', 100, 60).split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect([read(head), read(body)]).toEqual([
    { alg: 'HS256', typ: 'JWT' },
    { iat: 100, exp: 160, sun: 'ada' },
  ])
})
