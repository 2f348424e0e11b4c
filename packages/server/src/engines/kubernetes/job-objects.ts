import { randomInt } from 'node:crypto'
import type { NewJob } from '@tenantry/contract'
import { EngineError, type Person } from '../port.ts'
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
import { readTasks } from './indexes.ts'
import { labelsOf } from './names.ts'
import type { Placing } from './placing.ts'
import { displayName } from './read-jobs.ts'

export const batch = '/apis/batch/v1'

/** How long a job that is over stays, with its pod and what it wrote. */
const keptSeconds = 7 * 24 * 3600
const scriptKey = 'script'
const folder = '/tenantry'

/** A name that nothing has yet, with something of what the person called it: a pod's name and labels hold 63 characters. */
export function newJobName(given: string): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
  const random = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('')
  const told = given
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return `${/^[a-z]/.test(told) ? told : `job${told && `-${told}`}`}-${random}`
}

/** A job of Kubernetes of what somebody asks for. Errors: `refused` for what it has not. */
export function jobOf(name: string, asked: NewJob, person: Person, placing: Placing | null) {
  if (asked.image === null) throw new EngineError('refused', 'A job runs in a container here: name its image.')
  if (asked.nodes > 1) throw new EngineError('refused', 'A job runs on one node here.')
  const given: Given = { cpus: asked.cpus, memoryMiB: asked.memoryMiB, placing }
  const shared = sharedMemory(given)
  const labels = labelsOf(person)
  const container = {
    name: 'main',
    image: asked.image,
    // Its first line says what runs it.
    command: [`${folder}/${scriptKey}`],
    ...(asked.workingDirectory !== null && { workingDir: asked.workingDirectory }),
    env: environmentFrom(name, asked.environment),
    resources: resourcesOf(given),
    securityContext: containerSecurity,
    terminationMessagePolicy: 'File',
    volumeMounts: [{ name: 'job', mountPath: folder, readOnly: true }, shared.mount],
  }
  const items = [{ key: scriptKey, path: scriptKey }]
  const template = {
    metadata: { labels },
    spec: {
      ...podBasics(given),
      restartPolicy: 'Never',
      // Of the pod, not of the job: there, what it waits for its turn would count, and its output would go with its time.
      activeDeadlineSeconds: asked.minutes * 60,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container],
      volumes: [{ name: 'job', secret: { secretName: name, defaultMode: 0o555, items } }, shared.volume],
    },
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels, annotations: { [displayName]: asked.name } },
    spec: { backoffLimit: 0, ttlSecondsAfterFinished: keptSeconds, ...tasksOf(asked), template },
  }
}

/** One task that fails ends no other. */
function tasksOf({ array }: NewJob) {
  if (array === null) return {}
  const { count, atOnce } = readTasks(array)
  return {
    completionMode: 'Indexed',
    completions: count,
    parallelism: atOnce ?? count,
    backoffLimit: count,
    backoffLimitPerIndex: 0,
  }
}

/**
 * The script and environment of a job, which goes with it. A secret, since they hold what people sign in elsewhere with, and
 * the role `view` reads everything but secrets.
 */
export const scriptOf = (name: string, uid: string, { script, environment }: NewJob, person: Person) =>
  secretOf(
    {
      name,
      labels: labelsOf(person),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true }],
    },
    { [scriptKey]: script, ...environmentData(environment) },
  )

export const scriptIn = (data: Record<string, string>): string | null =>
  data[scriptKey] === undefined ? null : Buffer.from(data[scriptKey], 'base64').toString('utf8')
