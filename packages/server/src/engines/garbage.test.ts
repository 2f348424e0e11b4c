import { Job as ContractJob, Resource } from '@tenantry/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { resourceOfNamespace } from './kubernetes/namespaces.ts'
import { resourceOfNode } from './kubernetes/nodes.ts'
import { Anything, Event, Job, Namespace, Node, Pod, ResourceQuota } from './kubernetes/objects.ts'
import { readJobs } from './kubernetes/read-jobs.ts'
import { readingOf } from './kubernetes/workspace-reading.ts'
import { resourceOfMachine } from './kubevirt/machines.ts'
import { VirtualMachine, VirtualMachineInstance } from './kubevirt/objects.ts'
import { resourceOfClaim, resourceOfHost } from './metal3/hosts.ts'
import { BareMetalHost, HardwareData, HostClaim } from './metal3/objects.ts'
import { Server } from './nova/objects.ts'
import { resourceOfServer } from './nova/servers.ts'
import { EngineError, type ReadJob, type ReadResource, type WorkspaceReading } from './port.ts'
import { shaped } from './shape.ts'

const ReadJobs = z.array(
  ContractJob.omit({
    ...{ id: true, engine: true, engineId: true, engineKind: true, person: true, mine: true, can: true, array: true },
  }),
)
const Reading = z.object({
  phase: z.enum(['queued', 'pulling', 'starting', 'ready', 'stopping', 'failed', 'missing']),
  reason: z.string().nullable(),
  address: z.object({ host: z.string().min(1), port: z.int() }).nullable(),
  events: z.array(z.object({ at: z.string(), text: z.string(), warning: z.boolean() })),
})
const Read = Resource.omit({ id: true, engineId: true, engine: true, engineKind: true, asOf: true })

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
const metadata = {
  name: 'x',
  namespace: 't',
  uid: 'u',
  creationTimestamp: '2025-01-02T03:04:05Z',
  deletionTimestamp: null,
  labels: { 'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', 'tenantry.io/gpu-count': '8' },
}
const conditions = [{ type: 'Ready', status: 'False', reason: 'r', message: 'm' }]
const container = { resources: { requests: { cpu: '1', 'nvidia.com/gpu': '1' }, limits: { memory: '1Gi' } } }
const documents: { [key: string]: Json } = {
  namespace: { metadata, status: { phase: 'Active' } },
  pod: {
    metadata,
    spec: { nodeName: 'x', containers: [container], initContainers: [container], overhead: { cpu: '1m' } },
    status: {
      phase: 'Running',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'm' }],
      containerStatuses: [
        { ready: false, restartCount: 1, state: { waiting: { reason: 'ErrImagePull', message: 'm' } } },
      ],
    },
  },
  quota: {
    metadata,
    spec: { hard: { 'requests.nvidia.com/gpu': '4' }, scopes: [], scopeSelector: null },
    status: { hard: { 'requests.nvidia.com/gpu': '4', 'requests.cpu': '8' }, used: { 'requests.nvidia.com/gpu': '1' } },
  },
  node: {
    metadata,
    spec: { unschedulable: true },
    status: {
      allocatable: { cpu: '64', memory: '512Gi', 'nvidia.com/gpu': '56', 'nvidia.com/mig-1g.5gb': '7' },
      capacity: { 'nvidia.com/gpu': '56' },
      conditions,
      nodeInfo: { kubeletVersion: 'v1', osImage: 'o', kernelVersion: 'k' },
      addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
    },
  },
  job: {
    metadata,
    spec: {
      completionMode: 'NonIndexed',
      completions: 3,
      parallelism: 2,
      template: {
        spec: {
          containers: [container],
          activeDeadlineSeconds: 60,
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'nvidia.com/gpu.product', operator: 'In', values: ['Tesla-T4'] }] },
                ],
              },
            },
          },
        },
      },
    },
    status: { conditions: [{ type: 'Failed', status: 'True' }], completedIndexes: '0', startTime: 'x' },
  },
  event: { metadata, involvedObject: { kind: 'Pod', uid: 'u' }, reason: 'Pulling', message: 'm', lastTimestamp: 'x' },
  machine: {
    metadata,
    spec: {
      running: true,
      instancetype: { name: 'i' },
      template: { spec: { domain: { cpu: { cores: 2 }, devices: { gpus: [{ deviceName: 'nvidia.com/A10' }] } } } },
    },
    status: { printableStatus: 'Running', ready: true, conditions },
  },
  instance: {
    metadata,
    spec: { domain: { resources: { requests: { cpu: '2', memory: '1Gi' } }, memory: { guest: '1Gi' } } },
    status: { phase: 'Running', nodeName: 'n', interfaces: [{ ipAddress: '10.0.0.1' }], guestOSInfo: {}, conditions },
  },
  host: {
    metadata,
    spec: { online: true, image: { url: 'http://x/y' }, consumerRef: { name: 'c' } },
    status: { provisioning: { state: 'provisioned' }, operationalStatus: 'OK', poweredOn: true, errorMessage: 'e' },
  },
  hardware: {
    metadata,
    spec: { hardware: { cpu: { count: 8 }, ramMebibytes: 4, systemVendor: { manufacturer: 'm' } } },
  },
  claim: { metadata, spec: { poweredOn: true }, status: { bareMetalHost: { name: 'h' }, conditions, poweredOn: true } },
  server: {
    id: '1',
    name: 'n',
    tenant_id: 'p',
    status: 'ACTIVE',
    created: 'soon',
    fault: { message: 'f' },
    addresses: { net: [{ addr: '10.0.0.1' }] },
    flavor: { vcpus: 1, ram: 2, extra_specs: { 'pci_passthrough:alias': 'a:1', 'resources:VGPU': 1 } },
  },
}

/** The documents with a few places in them overwritten or taken out. */
const damaged = fc.record({
  wounds: fc.array(
    fc.tuple(fc.nat(200), fc.constantFrom<Json>(null, 7, -1, '', 'x', true, [], {}, [null], { a: null })),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  removes: fc.boolean(),
})

function damage(document: Json, wounds: [number, Json][], removes: boolean): Json {
  const result = structuredClone(document)
  for (const [at, value] of wounds) {
    const places: [Record<string, Json>, string][] = []
    const visit = (json: Json) => {
      if (typeof json !== 'object' || json === null) return
      for (const [key, inner] of Object.entries(json)) {
        places.push([json as Record<string, Json>, key])
        visit(inner)
      }
    }
    visit(result)
    const [owner, key] = places[at % places.length] ?? []
    if (!owner || key === undefined) continue
    if (removes && !Array.isArray(owner)) delete owner[key]
    else owner[key] = structuredClone(value)
  }
  return result
}

type Reader<Result> = (read: <T>(schema: z.ZodType<T>, document: string) => T) => Result
const jobs: Reader<ReadJob[]> = (read) => {
  const job = read(Job, 'job')
  const pod = read(Pod, 'pod')
  const pods = [{ ...pod, metadata: { ...pod.metadata, ownerReferences: [{ uid: 'u' }] } }]
  const indexed = { ...job, spec: { ...job.spec, completionMode: 'Indexed' } }
  return readJobs({ jobs: [job, indexed], pods, nodes: [read(Node, 'node')], obstacles: new Map() })
}
const workspace: Reader<WorkspaceReading> = (read) =>
  readingOf({ handle: 'h', set: read(Anything, 'job'), pod: read(Pod, 'pod'), events: [read(Event, 'event')] })
const resources: Record<string, Reader<ReadResource>> = {
  namespace: (read) =>
    resourceOfNamespace({
      name: 't',
      namespace: read(Namespace, 'namespace'),
      pods: [read(Pod, 'pod')],
      quotas: [read(ResourceQuota, 'quota')],
      nodes: [read(Node, 'node')],
    }),
  node: (read) => resourceOfNode(read(Node, 'node'), [read(Pod, 'pod')]),
  'virtual machine': (read) =>
    resourceOfMachine(read(VirtualMachine, 'machine'), read(VirtualMachineInstance, 'instance')),
  host: (read) => resourceOfHost(read(BareMetalHost, 'host'), read(HardwareData, 'hardware').spec?.hardware ?? null),
  claim: (read) => resourceOfClaim(read(HostClaim, 'claim')),
  server: (read) => resourceOfServer(read(Server, 'server')),
}

const cases: [string, Reader<unknown>, z.ZodType][] = [
  ...Object.entries(resources).map(([name, reader]): [string, Reader<unknown>, z.ZodType] => [name, reader, Read]),
  ['list of jobs', jobs, ReadJobs],
  ['workspace', workspace, Reading],
]

test.each(cases)('a damaged %s is read as one or is garbage, and never anything else', (_, reader, shape) => {
  let readable = 0
  const intact = reader((schema, document) => shaped(schema, documents[document], document))
  expect(shape.parse(intact)).toBeTruthy()
  fc.assert(
    fc.property(damaged, ({ wounds, removes }) => {
      try {
        const read = reader((schema, document) =>
          shaped(schema, damage(documents[document] ?? null, wounds, removes), document),
        )
        expect(shape.safeParse(read).error).toBeUndefined()
        readable += 1
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
        expect(error.kind).toBe('garbage')
      }
    }),
    { numRuns: 400 },
  )
  expect(readable).toBeGreaterThan(10)
})
