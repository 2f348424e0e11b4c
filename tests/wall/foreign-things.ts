import * as contract from '@tenantry/contract'
import { idAt } from '../../packages/server/src/features/resources/ids.ts'
import { keepShare } from '../../packages/server/src/features/resources/keep-share.ts'
import { sqlFor } from '../../packages/server/src/platform/database/builder.ts'
import { newId } from '../../packages/server/src/platform/secrets/ids.ts'
import { allocateTo, connect, resourceNamed } from '../support/engines.ts'
import { type Person, root, type TestHouse, type TestTenant } from '../support/house.ts'
import { readJob, readTask } from '../support/made-up-jobs.ts'

/** One resource of each kind, of an engine that nobody answers for. By path. */
export async function thingsOf(house: TestHouse, { tenant, user }: { tenant: TestTenant; user: Person }) {
  const platform = await house.signedIn(root)
  const engineId = await connect(platform, {
    kind: 'kubernetes',
    name: 'cluster',
    address: 'http://127.0.0.1:9',
    credential: { type: 'bearer', token: 'not a real one' },
  })
  const scope = { kind: 'kubernetes', namespaces: ['globex'] }
  await allocateTo(platform, tenant, engineId, scope)
  const where = { tenantId: tenant.id, engineId, prefix: '' }
  const resources = contract.resourceKinds.map((kind) => resourceNamed(kind, `${kind} of globex`))
  await keepShare(
    house.deps.database,
    where,
    { resources, jobs: [readJob('job of globex'), readTask('array of globex', 1)] },
    { resources: new Map(), jobs: new Map(), summary: '' },
  )
  const id = (kind: contract.ResourceKind) => idAt(where, kind, `${kind} of globex`)
  return {
    'bare-metal': id('baremetal'),
    'virtual-machines': id('vm'),
    kubernetes: id('kubernetes'),
    slurm: id('slurm'),
    jobs: idAt(where, 'job', 'job of globex'),
    'jobs/array': idAt(where, 'job', 'array of globex'),
    ...(await workspaceOf(house, tenant.id, user, engineId)),
    ...(await modelOf(house, tenant.id, user)),
  }
}

/** A workspace with a template and a volume, all of one tenant. By path. */
async function workspaceOf(house: TestHouse, tenantId: string, user: Person, engineId: string) {
  const [template, volume, workspace] = [newId(), newId(), newId()] as [string, string, string]
  const now = new Date()
  await house.deps.database.withTenant({ tenantId }, async (tx) => {
    const common = { tenant_id: tenantId, engine_id: engineId, created_at: now }
    const placement = { where: 'globex', account: null, qos: null, minutes: null }
    const doc = { description: '', image: null, command: null, placement, environment: {}, datasets: [], roleIds: [] }
    const limits = { cpus: 1, memoryMiB: 1024, volumeGiB: 1, idleMinutes: null }
    await tx.bookkeeping(
      sqlFor.insertInto('workspace_templates').values({
        ...common,
        id: template,
        name: 'of globex',
        doc: JSON.stringify({ ...doc, limits, profiles: [] }),
        enabled: true,
        updated_at: now,
      }),
    )
    const owner = { owner_id: user.id, name: 'of globex' }
    await tx.bookkeeping(
      sqlFor.insertInto('volumes').values({
        ...common,
        ...owner,
        id: volume,
        place: 'globex',
        native: 'vol-of-globex',
        size_gib: 1,
      }),
    )
    const spec = { ...doc, template: 'of globex', profile: 'CPU', cpus: 1, memoryMiB: 1024, accelerator: null }
    await tx.bookkeeping(
      sqlFor.insertInto('workspaces').values({
        ...common,
        ...owner,
        id: workspace,
        template_id: template,
        volume_id: volume,
        native: 'ws-of-globex',
        scope: JSON.stringify({ kind: 'kubernetes', namespaces: ['globex'] }),
        spec: JSON.stringify({ ...spec, idleMinutes: null }),
        wanted: 'running',
        state: 'running',
        address: '127.0.0.1:9',
      }),
    )
  })
  return { workspaces: workspace, 'workspace-templates': template, volumes: volume }
}

/** A model, somebody's key and their shared chat. By path. */
async function modelOf(house: TestHouse, tenantId: string, user: Person) {
  const [model, key, chat] = [newId(), newId(), newId()] as [string, string, string]
  const now = new Date()
  const limits = { requestsPerMinute: null, tokensPerMinute: null, tokensPerMonth: null }
  const doc = { title: 'Of globex', description: '', uses: ['chat' as const], contextLength: null, price: null, limits }
  await house.deps.database.withTenant({ tenantId }, async (tx) => {
    const common = { tenant_id: tenantId, created_at: now }
    await tx.bookkeeping(
      sqlFor.insertInto('models').values({
        ...common,
        id: model,
        name: 'of-globex',
        doc: JSON.stringify({ ...doc, roleIds: null }),
        address: 'http://127.0.0.1:9/v1',
        upstream: 'of-globex',
        updated_at: now,
      }),
    )
    const owner = { ...common, name: 'of globex', user_id: user.id }
    await tx.bookkeeping(
      sqlFor
        .insertInto('model_keys')
        .values({ ...owner, id: key, prefix: 'tk_globex00', token_hash: Buffer.from('of globex') }),
    )
    const content = {
      lanes: [{ modelId: model, name: 'of-globex', title: 'Of globex', parameters: {} }],
      turns: [],
      at: null,
    }
    await tx.bookkeeping(
      sqlFor.insertInto('chats').values({
        ...common,
        id: chat,
        owner_id: user.id,
        title: 'Of globex',
        content: JSON.stringify(content),
        models: ['of-globex'],
        turns: 0,
        shared: true,
        updated_at: now,
      }),
    )
  })
  return { models: model, 'model-keys': key, chats: chat }
}
