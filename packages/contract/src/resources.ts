import { z } from 'zod'
import { Id, Instant, pageOf, paging } from './fields.ts'
import type { Permission } from './permissions.ts'
import { route } from './route.ts'

/** What can be connected. */
export const engineKinds = ['slurm', 'kubernetes', 'kubevirt', 'nova', 'ironic', 'metal3', 'this_machine'] as const
export const EngineKind = z.enum(engineKinds)
export type EngineKind = z.infer<typeof EngineKind>

/** What a tenant uses, as its people know it. */
export const resourceKinds = ['baremetal', 'vm', 'kubernetes', 'slurm'] as const
export const ResourceKind = z.enum(resourceKinds)
export type ResourceKind = z.infer<typeof ResourceKind>

/** Who may see resources of a kind. */
export const mayView = {
  baremetal: 'baremetal.view',
  vm: 'vm.view',
  kubernetes: 'kubernetes.view',
  slurm: 'slurm.view',
} as const satisfies Record<ResourceKind, Permission>

/** One word for what every engine says in words of its own, which always stand beside it. */
export const resourceStates = [
  'pending',
  'starting',
  'running',
  'stopping',
  'stopped',
  'degraded',
  'failed',
  'unknown',
] as const
export const ResourceState = z.enum(resourceStates)
export type ResourceState = z.infer<typeof ResourceState>

/** `used` is the tenant's own use; what others take of something shared is in neither `used` nor `free`. */
export const Amount = z.object({ total: z.number(), used: z.number(), free: z.number() })
export type Amount = z.infer<typeof Amount>

/** GPUs of one model, or slices of one MIG profile of it: `profile` is such as `1g.10gb`, null for whole GPUs. */
export const GpuAmount = Amount.extend({ model: z.string(), profile: z.string().nullable() })
export type GpuAmount = z.infer<typeof GpuAmount>

/** What can be done about power. */
export const powerVerbs = ['start', 'stop', 'restart'] as const
export const PowerVerb = z.enum(powerVerbs)
export type PowerVerb = z.infer<typeof PowerVerb>

export const Resource = z.object({
  id: Id,
  kind: ResourceKind,
  engineId: Id,
  engine: z.string(),
  engineKind: EngineKind,
  name: z.string(),
  /** What the engine calls it. */
  nativeId: z.string(),
  state: ResourceState,
  /** The engine's own words for its state. */
  nativeState: z.array(z.string()),
  /** Why it is in this state, where the engine says so. */
  reason: z.string().nullable(),
  /** Cores. */
  cpus: Amount.nullable(),
  memoryMiB: Amount.nullable(),
  gpus: z.array(GpuAmount),
  /** What else the engine tells of it, in its words: partition, address, image … */
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  /** What can be done about its power right now. */
  power: z.array(PowerVerb),
  createdAt: Instant.nullable(),
  /** When the engine was last read. */
  asOf: Instant.nullable(),
})
export type Resource = z.infer<typeof Resource>

export const resourceSorts = ['name', '-name', 'state', '-state', 'gpus', '-gpus'] as const

const listed = {
  query: z.object({
    q: z.string().max(100).optional(),
    /** States, with commas between. */
    state: z
      .string()
      .max(200)
      .refine((text) => text.split(',').every((state) => ResourceState.safeParse(state).success), {
        error: 'is not a state',
      })
      .optional(),
    engine: Id.optional(),
    sort: z.enum(resourceSorts).default('name'),
    ...paging,
  }),
  answers: { 200: pageOf(Resource).extend({ total: z.int() }) },
  problems: ['invalid_cursor'],
} as const
const shown = { params: z.object({ id: Id }), answers: { 200: Resource }, problems: ['not_found'] } as const
const powered = {
  params: z.object({ id: Id }),
  body: z.object({ verb: PowerVerb }),
  answers: { 202: Resource },
  problems: ['not_found', 'wrong_state', 'engine_unavailable', 'engine_refused'],
} as const

export const listBareMetal = route('listBareMetal', 'GET /bare-metal', {
  summary: 'The bare metal machines of the tenant.',
  tag: 'Resources',
  needs: 'baremetal.view',
  ...listed,
})
export const getBareMetal = route('getBareMetal', 'GET /bare-metal/:id', {
  summary: 'One bare metal machine.',
  tag: 'Resources',
  needs: 'baremetal.view',
  ...shown,
})
export const powerBareMetal = route('powerBareMetal', 'POST /bare-metal/:id/power', {
  summary: 'Power a bare metal machine on or off, or restart it. The engine carries it out; its state follows.',
  tag: 'Resources',
  needs: 'baremetal.power',
  ...powered,
})
export const listVirtualMachines = route('listVirtualMachines', 'GET /virtual-machines', {
  summary: 'The virtual machines of the tenant.',
  tag: 'Resources',
  needs: 'vm.view',
  ...listed,
})
export const getVirtualMachine = route('getVirtualMachine', 'GET /virtual-machines/:id', {
  summary: 'One virtual machine.',
  tag: 'Resources',
  needs: 'vm.view',
  ...shown,
})
export const powerVirtualMachine = route('powerVirtualMachine', 'POST /virtual-machines/:id/power', {
  summary: 'Start, stop or restart a virtual machine. The engine carries it out; its state follows.',
  tag: 'Resources',
  needs: 'vm.power',
  ...powered,
})
export const listKubernetes = route('listKubernetes', 'GET /kubernetes', {
  summary: 'What the tenant has on Kubernetes clusters: its namespaces, or whole clusters with their nodes.',
  tag: 'Resources',
  needs: 'kubernetes.view',
  ...listed,
})
export const getKubernetes = route('getKubernetes', 'GET /kubernetes/:id', {
  summary: 'One share of a Kubernetes cluster.',
  tag: 'Resources',
  needs: 'kubernetes.view',
  ...shown,
})
export const makeKubeconfig = route('makeKubeconfig', 'POST /kubernetes/:id/kubeconfig', {
  summary: 'A kubeconfig for yourself, with a token that expires.',
  tag: 'Resources',
  needs: 'kubernetes.kubeconfig',
  params: z.object({ id: Id }),
  answers: { 200: z.object({ kubeconfig: z.string(), expiresAt: Instant }) },
  problems: ['not_found', 'wrong_state', 'engine_unavailable', 'engine_refused'],
  answersSecret: true,
})
export const listSlurm = route('listSlurm', 'GET /slurm', {
  summary: 'The Slurm nodes of the partitions that the tenant may use.',
  tag: 'Resources',
  needs: 'slurm.view',
  ...listed,
})
export const getSlurm = route('getSlurm', 'GET /slurm/:id', {
  summary: 'One Slurm node.',
  tag: 'Resources',
  needs: 'slurm.view',
  ...shown,
})
