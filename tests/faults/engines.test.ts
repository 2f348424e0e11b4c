import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../support/client.ts'
import { allocateTo, cardOf, connect, engineSettings, until } from '../support/engines.ts'
import { type Fake, fakeIronic, fakeSlurm, type Mood, startFake } from '../support/fake-engines.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../support/house.ts'

let house: TestHouse
let user: Client
const peers = {} as Record<'slurm' | 'baremetal', Fake>
let used = 1

beforeAll(async () => {
  house = await openTestHouse(engineSettings)
  const { acme } = await twoTenants(house)
  const platform = await house.signedIn(root)
  user = await house.signedIn(acme.user)
  peers.slurm = await startFake(
    fakeSlurm(() => ({
      nodes: [{ name: 'gpu1', gpus: 8, used, state: 'mixed', partitions: ['acme'] }],
      jobs: [{ id: 1, user: 'uma', account: 'acme', node: 'gpu1', gpus: used, state: 'RUNNING' }],
    })),
  )
  peers.baremetal = await startFake(
    fakeIronic(() => [{ name: 'bm-1', lessee: 'acme', power: used % 2 === 0 ? 'power on' : 'power off' }]),
  )
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  const slurm = await connect(platform, { kind: 'slurm', name: 'hpc', address: peers.slurm.address, credential })
  const ironic = await connect(platform, {
    kind: 'ironic',
    name: 'metal',
    address: peers.baremetal.address,
    credential: { type: 'none' },
  })
  await allocateTo(platform, acme.tenant, slurm, { kind: 'slurm', accounts: ['acme'], partitions: ['acme'] })
  await allocateTo(platform, acme.tenant, ironic, { kind: 'ironic', lessee: 'acme' })
  await until(
    () => timedOverview(),
    ({ cards }) => isWell(cards.slurm) && isWell(cards.baremetal),
  )
})
afterAll(async () => {
  await house?.close()
  await Promise.all(Object.values(peers).map((peer) => peer.close()))
})

const slowest = { ms: 0 }
async function timedOverview() {
  const begun = performance.now()
  const [slurm, baremetal] = await Promise.all([cardOf(user, 'slurm'), cardOf(user, 'baremetal')])
  slowest.ms = Math.max(slowest.ms, performance.now() - begun)
  return { cards: { slurm, baremetal } }
}
const isWell = (card: contract.Card) => card.count === 1 && card.engines[0]?.status === 'ok'
const shows = (card: contract.Card, n: number) =>
  card.kind === 'slurm' ? card.gpus[0]?.used === n : card.states[0]?.state === (n % 2 === 0 ? 'running' : 'stopped')

const kinds = ['slurm', 'baremetal'] as const
const moods: Mood[] = ['away', 'silent', 'garbage']
const cases = [
  ...moods.flatMap((mood) => kinds.map((kind) => [mood, [kind]] as const)),
  ...moods.map((mood) => [mood, kinds] as const),
]

test.each(cases)(
  'an engine that is %s (%s): its card keeps what was read, says its age and why; the others go on; it recovers',
  async (mood, struck) => {
    const others = kinds.filter((kind) => !(struck as readonly string[]).includes(kind))
    const before = await timedOverview()
    for (const kind of struck) await peers[kind].become(mood)
    used = used === 7 ? 1 : used + 1
    const now = used
    const during = await until(
      timedOverview,
      ({ cards }) => struck.every((kind) => cards[kind].engines[0]?.status !== 'ok'),
      {
        seconds: 20,
      },
    )
    for (const kind of struck) {
      const { count, engines } = during.cards[kind]
      expect(count).toBe(1)
      expect(engines[0]?.status).toMatch(mood === 'silent' ? /slow/ : mood === 'away' ? /failing/ : /failing|slow/)
      expect(engines[0]?.reason).toMatch(/\w.*\.$/)
      expect(engines[0]?.reason).not.toMatch(/127\.0\.0\.1|token|undefined|object/)
      expect(Date.parse(engines[0]?.asOf ?? '')).toBeGreaterThanOrEqual(
        Date.parse(before.cards[kind].engines[0]?.asOf ?? ''),
      )
    }
    // The others are read on, and show what has changed there meanwhile.
    for (const kind of others)
      await until(timedOverview, ({ cards }) => isWell(cards[kind]) && shows(cards[kind], now), { seconds: 5 })
    for (const kind of struck) await peers[kind].become('well')
    const begun = performance.now()
    await until(timedOverview, ({ cards }) => kinds.every((kind) => isWell(cards[kind]) && shows(cards[kind], now)), {
      seconds: 20,
    })
    const recovered = performance.now() - begun
    process.stdout.write(`  ${mood}, ${struck.join(' and ')}: recovered after ${Math.round(recovered)} ms\n`)
    expect(recovered).toBeLessThan(5_000)
  },
)

test('no overview waited for an engine', () => {
  process.stdout.write(`  the slowest overview took ${Math.round(slowest.ms)} ms\n`)
  expect(slowest.ms).toBeLessThan(500)
})

test('a redirect is never followed, and an address that is not allowed never reached', async () => {
  const platform = await house.signedIn(root)
  const aside = await startFake((_, response) => response.writeHead(302, { location: peers.slurm.address }).end())
  const asked = peers.slurm.asked()
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  const ask = (address: string) =>
    platform.ask(contract.testNewEngine, { body: { kind: 'slurm', name: 'x', address, credential } })
  expect((await ask(aside.address)).body.ok).toBe(false)
  await aside.close()
  expect(peers.slurm.asked() - asked).toBeLessThan(20)
  // A name is held against the list by what it stands for.
  const { body } = await ask('http://localhost:9')
  expect([body.ok, body.reason]).toEqual([false, expect.stringMatching(/ENGINE_ADDRESSES|Nothing listens/)])
  for (const address of [
    'http://169.254.169.254/',
    'http://[::ffff:169.254.169.254]/',
    'http://10.0.0.1/',
    'http://[fe80::1]/',
    'http://0.0.0.0/',
  ]) {
    expect([address, (await ask(address)).body.code]).toEqual([address, 'engine_address'])
  }
  for (const address of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://user:pass@127.0.0.1/', 'javascript:1']) {
    expect([address, (await ask(address)).body.code]).toEqual([address, 'invalid_input'])
  }
})
