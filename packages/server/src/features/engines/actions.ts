import { isIP } from 'node:net'
import type {
  BodyOf,
  changeEngine as changeRoute,
  Engine,
  EngineCredential,
  EngineTest,
  NewEngine,
} from '@tenantry/contract'
import { credentialTypes } from '@tenantry/contract'
import type { z } from 'zod'
import { openEngine } from '../../engines/index.ts'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit, difference } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { keepEnginesOpen, purposeOf } from './open.ts'
import * as store from './store.ts'
import * as testing from './test-engine.ts'

type New = z.infer<typeof NewEngine>
const asPlatform = 'the platform looks after its engines'

export async function listEngines({ database }: Deps, actor: Actor): Promise<{ items: Engine[] }> {
  authorize(actor, 'engine.view')
  const rows = await database.readAtOnceAsSystem(asPlatform, (tx) => store.list(tx))
  return { items: rows.map(present) }
}

export async function getEngine({ database }: Deps, actor: Actor, id: string): Promise<Engine> {
  authorize(actor, 'engine.view')
  return database.asSystem(asPlatform, (tx) => shown(tx, id))
}

/** Connects an engine. Throws `engine_name_taken`, `engine_address`, `no_secret_key`. */
export async function connectEngine(deps: Deps, actor: Actor, input: New): Promise<Engine> {
  authorize(actor, 'engine.connect')
  check(deps, input)
  const { kind, name, address, ca, credential } = input
  const id = newId()
  const sealed = seal(deps, id, credential)
  return inPlatform(deps, actor, async (tx) => {
    await store.insert(tx, { id, kind, name, address, ca, credential: sealed, credential_type: credential.type })
    audit(tx, actor, 'engine.connected', {
      target: { kind: 'engine', id, name },
      details: { after: { kind, name, address, credential: credential.type } },
    })
    return shown(tx, id)
  })
}

/** Asks an engine that is not connected. Throws `engine_address`. */
export async function testNewEngine(deps: Deps, actor: Actor, input: New): Promise<EngineTest> {
  authorize(actor, 'engine.connect')
  check(deps, input)
  return testing.testEngine(() =>
    openEngine({ ...input, allowed: deps.engineAddresses, localWorkspaces: deps.localWorkspaces }),
  )
}

export async function testEngine(deps: Deps, actor: Actor, id: string): Promise<EngineTest> {
  authorize(actor, 'engine.view')
  const stored = await deps.database.asSystem(asPlatform, (tx) => store.find(tx, id))
  if (!stored) return problem('not_found')
  return testing.testEngine(() => keepEnginesOpen(deps).of(stored))
}

/** Changes how an engine is reached or called. Throws `changed_meanwhile`, `engine_name_taken`, `engine_address`. */
export async function changeEngine(
  deps: Deps,
  actor: Actor,
  id: string,
  edit: BodyOf<typeof changeRoute>,
  version: number | null,
): Promise<Engine> {
  authorize(actor, 'engine.connect')
  return inPlatform(deps, actor, async (tx) => {
    const locked = (await store.lock(tx, id)) ?? problem('not_found')
    if (version !== null && version !== locked.version) problem('changed_meanwhile')
    const row = (await store.find(tx, id)) ?? problem('not_found')
    if ('address' in edit) checkAddress(deps, row.kind, edit.address ?? null)
    const before = { name: row.name, address: row.address, ca: row.ca }
    const changed = difference(before, edit)
    if (Object.keys(changed.after).length === 0) return present(row)
    await store.update(tx, id, changed.after as Partial<typeof before>)
    audit(tx, actor, 'engine.changed', { target: { kind: 'engine', id, name: row.name }, details: changed })
    return shown(tx, id)
  })
}

/** Gives an engine another credential. Throws `no_secret_key`. */
export async function rotateEngineCredential(
  deps: Deps,
  actor: Actor,
  id: string,
  credential: EngineCredential,
): Promise<Engine> {
  authorize(actor, 'engine.connect')
  const sealed = seal(deps, id, credential)
  return inPlatform(deps, actor, async (tx) => {
    const row = (await store.lock(tx, id)) && (await store.find(tx, id))
    if (!row) return problem('not_found')
    checkCredential(row.kind, credential)
    await store.update(tx, id, {
      credential: sealed,
      credential_type: credential.type,
      credential_rotated_at: tx.now,
    })
    audit(tx, actor, 'engine.credential_rotated', {
      target: { kind: 'engine', id, name: row.name },
      details: { after: { credential: credential.type } },
    })
    return shown(tx, id)
  })
}

/** Forgets an engine and what was read of it. Throws `engine_in_use`. */
export async function disconnectEngine(deps: Deps, actor: Actor, id: string): Promise<void> {
  authorize(actor, 'engine.connect')
  await inPlatform(deps, actor, async (tx) => {
    const row = (await store.lock(tx, id)) ?? problem('not_found')
    const holders = await store.holdersOf(tx, id)
    if (holders.length > 0) {
      const named = holders.slice(0, 5).map(({ slug }) => slug)
      const more = holders.length > named.length ? ` and ${holders.length - named.length} more` : ''
      problem('engine_in_use', { detail: `Parts of it are allocated to ${named.join(', ')}${more}.` })
    }
    await store.remove(tx, id)
    audit(tx, actor, 'engine.disconnected', { target: { kind: 'engine', id, name: row.name } })
  })
}

/** As the system, and on the record of the actor's own tenant, the platform. */
const inPlatform = <T>({ database }: Deps, actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> =>
  database.asSystem(asPlatform, work, actor.tenantId)

async function shown(tx: Tx, id: string): Promise<Engine> {
  return present((await store.find(tx, id)) ?? problem('not_found'))
}

function seal({ box }: Deps, id: string, credential: EngineCredential): Buffer {
  const key = box()
  if (key === null) {
    return problem('no_secret_key', {
      detail: 'Set SECRET_KEY to 32 random bytes in base64 (openssl rand -base64 32), the same on every replica.',
    })
  }
  return key.seal(JSON.stringify(credential), purposeOf(id))
}

function check(deps: Deps, { kind, address, credential }: New): void {
  checkAddress(deps, kind, address)
  checkCredential(kind, credential)
}

function checkCredential(kind: New['kind'], credential: EngineCredential): void {
  const types: readonly string[] = credentialTypes[kind]
  if (!types.includes(credential.type)) {
    problem('invalid_input', {
      errors: [{ pointer: '/credential/type', code: 'format', detail: `must be ${types.join(' or ')} for this kind` }],
    })
  }
}

/** A name is looked up, and held against the list, each time it is connected to; an IP address already here. */
function checkAddress({ engineAddresses }: Deps, kind: New['kind'], address: string | null): void {
  if (kind === 'this_machine') {
    if (address !== null) fieldProblem('engine_address', 'address', 'is not needed for this machine')
    return
  }
  if (address === null) fieldProblem('engine_address', 'address', 'is required')
  const host = new URL(address ?? '').hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) && !engineAddresses.permits(host, host)) {
    fieldProblem('engine_address', 'address', `${host} is not among ENGINE_ADDRESSES in the settings of this server`)
  }
}

const present = (row: store.EngineRow): Engine => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  address: row.address,
  ca: row.ca,
  credentialType: row.credential_type,
  credentialRotatedAt: row.credential_rotated_at.toISOString(),
  version: row.engine_version,
  api: row.api,
  latencyMs: row.latency_ms,
  health: { status: row.status, asOf: row.as_of?.toISOString() ?? null, reason: row.reason },
  tenants: Number(row.tenants),
  createdAt: row.created_at.toISOString(),
  etagVersion: row.version,
})
