import { type Placing, placementOf } from './placing.ts'

/** What a container of ours is given: as much as it may use, and no more. Memory in MiB. */
export type Given = { cpus: number; memoryMiB: number; placing: Placing | null }

/** Requests that are limits, so that nobody is pushed out by their neighbours. */
export function resourcesOf({ cpus, memoryMiB, placing }: Given) {
  const amounts = {
    cpu: String(cpus),
    memory: `${memoryMiB}Mi`,
    ...(placing && { [placing.resource]: String(placing.count) }),
  }
  return { requests: amounts, limits: amounts }
}

/** Nothing that a container could use to reach beyond itself. */
export const containerSecurity = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }

/**
 * Of every pod of ours: no credential for the API server, no addresses of services in its environment. What is run is not the
 * first process: that would not end when it is told to, and would have to bury what is left by others.
 */
export const podBasics = (given: Given) => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  shareProcessNamespace: true,
  ...placementOf(given.placing),
})

/** What processes share memory through: Kubernetes gives 64 MiB, with which data loaders fail. It counts as memory. */
export const sharedMemory = ({ memoryMiB }: Given) => ({
  volume: {
    name: 'shared-memory',
    emptyDir: { medium: 'Memory', sizeLimit: `${Math.max(1, Math.floor(memoryMiB / 2))}Mi` },
  },
  mount: { name: 'shared-memory', mountPath: '/dev/shm' },
})

const keyOf = (name: string) => `env.${name}`

/** An environment as it is kept in a secret: in no specification that everybody reads. */
export const environmentData = (environment: Record<string, string>) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [keyOf(name), value]))

/** The same as a container takes it from there. */
export const environmentFrom = (secret: string, environment: Record<string, string>) =>
  Object.keys(environment).map((name) => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key: keyOf(name) } },
  }))

/** A secret of texts. */
export const secretOf = (metadata: object, texts: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata,
  type: 'Opaque',
  data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
})
