import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as contract from '@tenantry/contract'
import type { ReadResource } from '../../packages/server/src/engines/port.ts'
import type { Client } from './client.ts'
import type { TestTenant } from './house.ts'

/** What a server needs to reach engines on loopback. */
export const engineSettings = {
  SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  ENGINE_ADDRESSES: '127.0.0.1',
}

export type Running<State> = { state: State; folder: string; down(): Promise<void> }
type Script<State> = {
  up(where: { folder: string; log(line: string): void }): Promise<State | { missing: string }>
  down(where: { folder: string }): Promise<void>
}

/** Brings a real engine up for a test, or answers why there is none: then the tests say so and are not run. */
export async function bringUp<State extends object>(kind: string): Promise<Running<State> | { missing: string }> {
  const script = (await import(`../../dev/engines/${kind}.mjs`)) as Script<State>
  const folder = mkdtempSync(join(tmpdir(), `tenantry-${kind}-`))
  const state = await script.up({ folder, log: () => {} })
  if ('missing' in state) return state
  return { state: state as State, folder, down: () => script.down({ folder }) }
}

/** Waits until something holds, looking again and again; fails with what it found last. */
export async function until<T>(
  look: () => Promise<T>,
  holds: (found: T) => boolean,
  { seconds = 30, every = 100 } = {},
): Promise<T> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const found = await look()
    if (holds(found)) return found
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${JSON.stringify(found).slice(0, 2_000)}`)
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}

type NewEngine = { kind: contract.EngineKind; name: string; address: string | null; ca?: string; credential: unknown }

/** Connects an engine as the platform, and answers its id. */
export async function connect(platform: Client, engine: NewEngine): Promise<string> {
  const { status, body } = await platform.ask(contract.connectEngine, { body: engine })
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body.id
}

export const noQuota = { gpus: [], cpus: null, memoryMiB: null, storageGiB: null }

export async function allocateTo(
  platform: Client,
  tenant: TestTenant,
  engineId: string,
  scope: unknown,
  quota: contract.Quota = noQuota,
): Promise<string> {
  const { status, body } = await platform.ask(contract.allocate, {
    body: { tenantId: tenant.id, engineId, scope, quota },
  })
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body.id
}

/** Waits until every engine has taken these people in, or has said why not. */
export async function takenIn(admin: Client, ...people: { id: string }[]): Promise<void> {
  for (const { id } of people) {
    await until(
      async () => (await admin.ask(contract.listUserEngines, { params: { id } })).body.items as contract.CarryThrough[],
      (items) => items.length > 0 && items.every(({ state }) => state !== 'pending'),
    )
  }
}

/** The card of one kind, as somebody sees it. */
export async function cardOf(client: Client, kind: contract.ResourceKind): Promise<contract.Card> {
  const { body } = await client.ask(contract.getOverview)
  return body.cards.find((card: contract.Card) => card.kind === kind)
}

/** A resource as a connector reads one, with as little as there can be. */
export const resourceNamed = (
  kind: contract.ResourceKind,
  name: string,
  more: Partial<ReadResource> = {},
): ReadResource => ({
  kind,
  nativeId: name,
  name,
  state: 'running',
  nativeState: ['UP'],
  reason: null,
  cpus: null,
  memoryMiB: null,
  gpus: [],
  facts: [],
  power: ['start', 'stop'],
  createdAt: null,
  ...more,
})
