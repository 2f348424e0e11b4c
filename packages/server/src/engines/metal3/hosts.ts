import type { GpuAmount, PowerVerb, ResourceState } from '@tenantry/contract'
import { tidyModel } from '../gpu-names.ts'
import type { ReadResource } from '../port.ts'
import { factsOf, instant } from '../shape.ts'
import type { BareMetalHost, Hardware, HostClaim } from './objects.ts'

type Labels = Record<string, string>
type State = Pick<ReadResource, 'state' | 'reason'>

/** A host as a resource. `hardware` is of its HardwareData. */
export function resourceOfHost(host: BareMetalHost, hardware: Hardware): ReadResource {
  const { metadata, spec, status } = host
  const { state, reason } = stateOfHost(host)
  const known = hardware ?? status?.hardware ?? null
  const used = isUsed(state)
  const vendor = known?.systemVendor
  return {
    kind: 'baremetal',
    name: metadata.name,
    nativeId: `${metadata.namespace ?? ''}/${metadata.name}`,
    state,
    nativeState: [
      provisioningOf(host),
      ...(status?.operationalStatus ? [status.operationalStatus] : []),
      status?.poweredOn ? 'powered on' : 'powered off',
    ],
    reason,
    cpus: all(known?.cpu?.count ?? null, used),
    memoryMiB: all(known?.ramMebibytes ?? null, used),
    gpus: gpusOf(metadata.labels, used),
    facts: factsOf({
      Namespace: metadata.namespace,
      Model: [vendor?.manufacturer, vendor?.productName].filter(Boolean).join(' '),
      Processor: known?.cpu?.model,
      Image: imageOf(status?.provisioning?.image?.url ?? spec?.image?.url ?? null),
      'Used by': spec?.consumerRef?.name,
    }),
    power: powerOf(state, isProvisioned(host) && status?.operationalStatus !== 'detached', status?.poweredOn ?? false),
    createdAt: instant(metadata.creationTimestamp),
  }
}

/** A claim as a resource. What the host itself is stays in the namespace of the platform. */
export function resourceOfClaim(claim: HostClaim): ReadResource {
  const { metadata, spec, status } = claim
  const { state, reason } = stateOfClaim(claim)
  const isOn = status?.poweredOn ?? false
  const conditions = status?.conditions ?? []
  return {
    kind: 'baremetal',
    name: metadata.name,
    nativeId: `${metadata.namespace ?? ''}/${metadata.name}`,
    state,
    nativeState: [
      ...conditions.map(({ type, status: is, reason: why }) => `${type}=${is}${why ? ` (${why})` : ''}`),
      isOn ? 'powered on' : 'powered off',
    ],
    reason,
    cpus: null,
    memoryMiB: null,
    gpus: gpusOf(metadata.labels, isUsed(state)),
    facts: factsOf({ Namespace: metadata.namespace, Image: imageOf(spec?.image?.url ?? null) }),
    power: powerOf(state, isTrue(claim, 'Associated') && metadata.deletionTimestamp === null, isOn),
    createdAt: instant(metadata.creationTimestamp),
  }
}

const provisioningOf = ({ status }: BareMetalHost) => status?.provisioning?.state || 'unmanaged'
const isProvisioned = (host: BareMetalHost) => /^(externally )?provisioned$/.test(provisioningOf(host))

const provisioning: Record<string, ResourceState> = {
  unmanaged: 'pending',
  registering: 'pending',
  inspecting: 'pending',
  'match profile': 'pending',
  preparing: 'pending',
  provisioning: 'starting',
  deprovisioning: 'stopping',
  'powering off before delete': 'stopping',
  deleting: 'stopping',
}

function stateOfHost(host: BareMetalHost): State {
  const { spec, status, metadata } = host
  const at = provisioningOf(host)
  const isOn = status?.poweredOn ?? false
  if (status?.operationalStatus === 'error') {
    const reason = status.errorMessage ?? status.errorType ?? null
    // Its controller is in trouble, and what runs on it goes on.
    return { state: isProvisioned(host) && isOn ? 'degraded' : 'failed', reason }
  }
  if (metadata.deletionTimestamp !== null) return { state: 'stopping', reason: null }
  if (at === 'available' || at === 'ready') return { state: spec?.consumerRef ? 'pending' : 'stopped', reason: null }
  if (!isProvisioned(host)) return { state: provisioning[at] ?? 'unknown', reason: null }
  if (status?.operationalStatus === 'servicing') return { state: 'degraded', reason: 'The machine is being serviced.' }
  if (status?.operationalStatus === 'detached') {
    return { state: isOn ? 'degraded' : 'stopped', reason: 'The machine is detached from its controller.' }
  }
  return { state: powered(isOn, spec?.online ?? isOn), reason: null }
}

function stateOfClaim(claim: HostClaim): State {
  const { spec, status, metadata } = claim
  if (metadata.deletionTimestamp !== null) return { state: 'stopping', reason: null }
  const said = (type: string) => status?.conditions.find((condition) => condition.type === type)
  const [associated, synchronized] = [said('Associated'), said('Synchronized')]
  if (associated?.reason === 'MissingBareMetalHost') return { state: 'failed', reason: associated.message }
  if (associated?.status !== 'True') return { state: 'pending', reason: associated?.message ?? null }
  if (synchronized?.status === 'False') return { state: 'degraded', reason: synchronized.message }
  const isOn = status?.poweredOn ?? false
  return { state: powered(isOn, spec?.poweredOn ?? isOn), reason: null }
}

const isTrue = ({ status }: HostClaim, type: string) =>
  status?.conditions.some((condition) => condition.type === type && condition.status === 'True') ?? false

const powered = (isOn: boolean, shallBe: boolean): ResourceState =>
  isOn ? (shallBe ? 'running' : 'stopping') : shallBe ? 'starting' : 'stopped'

/** Power is of a machine that is somebody's: one without an image would start into nothing. */
function powerOf(state: ResourceState, isTheirs: boolean, isOn: boolean): PowerVerb[] {
  if (!isTheirs || state === 'pending' || state === 'unknown') return []
  if (state === 'stopping' || state === 'starting') return state === 'stopping' ? ['start'] : ['stop']
  return isOn ? ['stop', 'restart'] : ['start']
}

const isUsed = (state: ResourceState) => ['running', 'starting', 'degraded', 'stopping'].includes(state)

const all = (total: number | null, used: boolean) =>
  total === null ? null : { total, used: used ? total : 0, free: used ? 0 : total }

/** The inventory of Metal3 knows no GPUs: who registers the machine says so in labels. */
function gpusOf(labels: Labels, used: boolean): GpuAmount[] {
  const model = labels['tenantry.io/gpu-model'] ?? labels['nvidia.com/gpu.product']
  const count = Number(labels['tenantry.io/gpu-count'] ?? labels['nvidia.com/gpu.count'] ?? 0)
  if (!Number.isInteger(count) || count <= 0) return []
  return [
    { model: tidyModel(model ?? ''), profile: null, total: count, used: used ? count : 0, free: used ? 0 : count },
  ]
}

/** The last of a path: an address may hold a signature that is as good as a password. */
const imageOf = (url: string | null) => url?.split(/[?#]/)[0]?.split('/').at(-1) ?? null
