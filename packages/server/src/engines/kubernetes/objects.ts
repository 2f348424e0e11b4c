import { z } from 'zod'
import { flag, listOf, mapOf, maybe, number, text } from '../shape.ts'

// The fields that are read, of Kubernetes' own (core/v1, rbac.authorization.k8s.io/v1). What else is there is left out.

const Quantities = mapOf(z.union([z.string(), z.number()]))
/** Amounts by the name of a resource, as Kubernetes writes them: `{ cpu: '500m', 'nvidia.com/gpu': '1' }`. */
export type Quantities = z.infer<typeof Quantities>

export const Metadata = z.object({
  name: z.string(),
  namespace: text,
  uid: text,
  creationTimestamp: text,
  deletionTimestamp: text,
  labels: mapOf(z.string()),
  annotations: mapOf(z.string()),
  ownerReferences: listOf(z.object({ uid: text })),
})

const condition = z.object({ type: text, status: text, reason: text, message: text, lastTransitionTime: text })
export const Conditions = listOf(condition)

const terms = maybe(
  z.object({
    nodeSelectorTerms: listOf(
      z.object({ matchExpressions: listOf(z.object({ key: z.string(), operator: text, values: listOf(z.string()) })) }),
    ),
  }),
)
const container = z.object({
  name: text,
  /** `Always` on an init container: a sidecar, which stays beside the containers. */
  restartPolicy: text,
  resources: maybe(z.object({ requests: Quantities, limits: Quantities })),
  workingDir: text,
})
const containerState = maybe(
  z.object({
    waiting: maybe(z.object({ reason: text, message: text })),
    running: maybe(z.object({ startedAt: text })),
    terminated: maybe(
      z.object({
        exitCode: number,
        signal: number,
        reason: text,
        message: text,
        startedAt: text,
        finishedAt: text,
      }),
    ),
  }),
)
const containerStatuses = listOf(
  z.object({ name: text, ready: flag, restartCount: number, state: containerState, lastState: containerState }),
)

export const PodSpec = z.object({
  nodeName: text,
  containers: listOf(container),
  initContainers: listOf(container),
  overhead: Quantities,
  activeDeadlineSeconds: number,
  nodeSelector: mapOf(z.string()),
  affinity: maybe(
    z.object({ nodeAffinity: maybe(z.object({ requiredDuringSchedulingIgnoredDuringExecution: terms })) }),
  ),
})

export const Pod = z.object({
  metadata: Metadata,
  spec: PodSpec,
  status: maybe(
    z.object({
      phase: text,
      reason: text,
      message: text,
      podIP: text,
      startTime: text,
      conditions: Conditions,
      initContainerStatuses: containerStatuses,
      containerStatuses,
    }),
  ),
})
export type Pod = z.infer<typeof Pod>

export const Node = z.object({
  metadata: Metadata,
  spec: maybe(z.object({ unschedulable: flag, taints: listOf(z.object({ key: text, effect: text })) })),
  status: maybe(
    z.object({
      allocatable: Quantities,
      capacity: Quantities,
      conditions: Conditions,
      nodeInfo: maybe(z.object({ kubeletVersion: text, osImage: text, kernelVersion: text })),
      addresses: listOf(z.object({ type: text, address: text })),
    }),
  ),
})
export type Node = z.infer<typeof Node>

export const Namespace = z.object({ metadata: Metadata, status: maybe(z.object({ phase: text })) })
export type Namespace = z.infer<typeof Namespace>

export const ResourceQuota = z.object({
  metadata: Metadata,
  spec: maybe(z.object({ hard: Quantities, scopes: listOf(z.string()), scopeSelector: maybe(z.looseObject({})) })),
  status: maybe(z.object({ hard: Quantities, used: Quantities })),
})
export type ResourceQuota = z.infer<typeof ResourceQuota>

/** Of batch/v1. */
export const Job = z.object({
  metadata: Metadata,
  spec: z.object({
    parallelism: number,
    completions: number,
    completionMode: text,
    suspend: flag,
    activeDeadlineSeconds: number,
    template: z.object({ spec: PodSpec }),
  }),
  status: maybe(
    z.object({
      conditions: Conditions,
      startTime: text,
      completionTime: text,
      /** Numbers and ranges: `0-3,7`. */
      completedIndexes: text,
      failedIndexes: text,
    }),
  ),
})
export type Job = z.infer<typeof Job>

export const Event = z.object({
  metadata: Metadata,
  involvedObject: z.object({ kind: text, name: text, uid: text }),
  reason: text,
  message: text,
  type: text,
  count: number,
  firstTimestamp: text,
  lastTimestamp: text,
  eventTime: text,
})
export type Event = z.infer<typeof Event>

/** Of what there is at all by its name: whose it is. */
export const Anything = z.object({ metadata: Metadata })
export type Anything = z.infer<typeof Anything>

/** Values in base64. */
export const Secret = z.object({ metadata: Metadata, data: mapOf(z.string()) })

export const ServiceAccount = z.object({ metadata: Metadata })
export const RoleBinding = z.object({
  metadata: Metadata,
  roleRef: z.object({ kind: z.string(), name: z.string() }),
  subjects: listOf(z.object({ kind: text, name: text, namespace: text })),
})
export const TokenRequest = z.object({
  status: z.object({ token: z.string().min(1), expirationTimestamp: z.string() }),
})

export const Version = z.object({ gitVersion: z.string() })
export const AccessReview = z.object({ status: z.object({ allowed: z.boolean() }) })
/** What it answers where it refuses. */
export const Status = z.object({ message: z.string() })
