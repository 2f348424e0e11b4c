import { EngineError, type Person, type WorkspaceSpec } from '../port.ts'
import {
  containerSecurity,
  environmentData,
  environmentFrom,
  type Given,
  podBasics,
  resourcesOf,
  secretOf,
  sharedMemory,
} from './containers.ts'
import { labelsOf } from './names.ts'
import type { Placing } from './placing.ts'

export const port = 8888
/** What namespaces carry from which the notebook servers may be reached. */
export const proxyLabel = { 'tenantry/proxy': 'true' }
const home = '/home/jovyan'
const tokenName = 'JUPYTER_TOKEN'

/** What starts the server where the template does not say; the token it takes from its environment. */
const usual = [
  ...['jupyter', 'lab', '--no-browser', '--ip=0.0.0.0', `--port=${port}`, '--ServerApp.port_retries=0'],
  ...['--ServerApp.base_url=/', '--ServerApp.allow_remote_access=true'],
]

/** What all objects of a workspace carry; whose it is may change, so that `tenantry/user` is not what tells them. */
export const workspaceLabel = (name: string) => ({ 'tenantry/workspace': name })
export const volumeLabel = (name: string) => ({ 'tenantry/volume': name })

/** One object: where those of its kind are, and what it is called in a sentence. */
export type Part = { what: string; base: string; plural: string; name: string; body: object }

export const kinds = {
  volume: { what: 'volume', base: '/api/v1', plural: 'persistentvolumeclaims' },
  secret: { what: 'secret', base: '/api/v1', plural: 'secrets' },
  policy: { what: 'network policy', base: '/apis/networking.k8s.io/v1', plural: 'networkpolicies' },
  service: { what: 'service', base: '/api/v1', plural: 'services' },
  set: { what: 'stateful set', base: '/apis/apps/v1', plural: 'statefulsets' },
} as const

/** What a workspace is made of, in the order in which it is made: the pod comes last. Errors: `refused`. */
export function partsOf(spec: WorkspaceSpec, person: Person, placing: Placing | null) {
  const { name } = spec
  const labels = { ...labelsOf(person), ...workspaceLabel(name) }
  const metadata = { name, labels }
  const { [tokenName]: _, ...environment } = spec.environment
  const template = podOf(spec, labels, environment, placing)
  const parts: Part[] = [
    ...(spec.volume ? [{ ...kinds.volume, name: spec.volume.name, body: claimOf(spec.volume, person) }] : []),
    {
      ...kinds.secret,
      name,
      body: secretOf(metadata, { [tokenName]: spec.secret, ...environmentData(environment) }),
    },
    { ...kinds.policy, name, body: policyOf(metadata) },
    { ...kinds.service, name, body: serviceOf(metadata) },
    {
      ...kinds.set,
      name,
      body: {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata,
        spec: { replicas: 1, serviceName: name, selector: { matchLabels: workspaceLabel(name) }, template },
      },
    },
  ]
  return { parts, template }
}

const claimOf = (volume: { name: string; sizeGiB: number }, person: Person) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: volume.name, labels: { ...labelsOf(person), ...volumeLabel(volume.name) } },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${volume.sizeGiB}Gi` } } },
})

/** From where our proxy is, to the one port, and from nowhere else. What it reaches itself is not bounded here. */
const policyOf = (metadata: { name: string; labels: object }) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata,
  spec: {
    podSelector: { matchLabels: workspaceLabel(metadata.name) },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ namespaceSelector: { matchLabels: proxyLabel } }], ports: [{ port, protocol: 'TCP' }] }],
  },
})

const serviceOf = (metadata: { name: string; labels: object }) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: {
    clusterIP: 'None',
    selector: workspaceLabel(metadata.name),
    ports: [{ name: 'http', port, targetPort: port, protocol: 'TCP' }],
  },
})

/** As the profile `restricted` of Kubernetes has it; user and group are those of the images of Jupyter. */
function podOf(spec: WorkspaceSpec, labels: object, environment: Record<string, string>, placing: Placing | null) {
  if (spec.image === null)
    throw new EngineError('refused', 'A workspace runs in a container here: its template names none.')
  const given: Given = { cpus: spec.cpus, memoryMiB: spec.memoryMiB, placing }
  const shared = sharedMemory(given)
  const datasets = spec.datasets.map((dataset, index) => ({ ...dataset, volume: `dataset-${index}` }))
  for (const { name, source } of datasets) {
    if (source.startsWith('/'))
      throw new EngineError('refused', `The dataset ${name} is a folder: here it has to be a claim.`)
  }
  const container = {
    name: 'main',
    image: spec.image,
    command: spec.command === null ? usual : ['/bin/sh', '-c', spec.command],
    workingDir: home,
    env: [
      { name: 'HOME', value: home },
      ...environmentFrom(spec.name, environment),
      { name: tokenName, valueFrom: { secretKeyRef: { name: spec.name, key: tokenName } } },
    ],
    ports: [{ name: 'http', containerPort: port }],
    // That it listens: what it says to whom is its own matter.
    readinessProbe: { tcpSocket: { port }, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 },
    resources: resourcesOf(given),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'home', mountPath: home },
      shared.mount,
      ...datasets.map(({ name, volume }) => ({ name: volume, mountPath: `/datasets/${name}`, readOnly: true })),
    ],
  }
  return {
    metadata: { labels },
    spec: {
      ...podBasics(given),
      terminationGracePeriodSeconds: 30,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 100,
        fsGroup: 100,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [container],
      volumes: [
        spec.volume
          ? { name: 'home', persistentVolumeClaim: { claimName: spec.volume.name } }
          : { name: 'home', emptyDir: {} },
        shared.volume,
        ...datasets.map(({ volume, source }) => ({
          name: volume,
          persistentVolumeClaim: { claimName: source, readOnly: true },
        })),
      ],
    },
  }
}
