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
})

const condition = z.object({ type: text, status: text, reason: text, message: text })
export const Conditions = listOf(condition)

const container = z.object({
  /** `Always` on an init container: a sidecar, which stays beside the containers. */
  restartPolicy: text,
  resources: maybe(z.object({ requests: Quantities, limits: Quantities })),
})
const waiting = maybe(z.object({ waiting: maybe(z.object({ reason: text, message: text })) }))

export const Pod = z.object({
  metadata: Metadata,
  spec: z.object({
    nodeName: text,
    containers: listOf(container),
    initContainers: listOf(container),
    overhead: Quantities,
  }),
  status: maybe(
    z.object({
      phase: text,
      reason: text,
      message: text,
      conditions: Conditions,
      containerStatuses: listOf(z.object({ ready: flag, restartCount: number, state: waiting })),
    }),
  ),
})
export type Pod = z.infer<typeof Pod>

export const Node = z.object({
  metadata: Metadata,
  spec: maybe(z.object({ unschedulable: flag })),
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
