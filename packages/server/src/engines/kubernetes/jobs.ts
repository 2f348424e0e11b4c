import type { NewJob, Scope } from '@tenantry/contract'
import { EngineError, type JobRunner, type Person, type ReadJobDetail } from '../port.ts'
import { shaped } from '../shape.ts'
import { asPerson } from './access.ts'
import { choicesOf } from './choices.ts'
import { type Asker, bodyOf, type Kube, piece } from './client.ts'
import { eventsOf, told } from './events.ts'
import { batch, jobOf, newJobName, scriptIn, scriptOf } from './job-objects.ts'
import { list } from './list.ts'
import { logOf } from './logs.ts'
import { splitNativeId } from './names.ts'
import { Anything, Job, type Node, Pod, Secret, Version } from './objects.ts'
import { placeJob } from './placing.ts'
import { indexOfPod } from './read-jobs.ts'
import { inWords } from './refusals.ts'
import { namespaceIn } from './scopes.ts'
import { tryPod } from './try-pod.ts'

/** Of a task of an array, `task` is its number. */
type Native = { namespace: string; name: string; task: number | null }

/** Jobs of batch/v1, each with the rights of the person it is for. `nodes` answers null where they may not be read. */
export function jobRunnerOf(kube: Kube, nodes: (signal: AbortSignal) => Promise<Node[] | null>): JobRunner {
  return {
    choices: (scope, person, signal) => choicesOf(kube, scope, person, nodes(signal), hasArrays(kube, signal), signal),

    async submit(scope, person, asked, signal) {
      const namespace = namespaceIn(scope, asked.where)
      if (asked.array !== null && !(await hasArrays(kube, signal))) {
        throw new EngineError('refused', 'This Kubernetes has no arrays whose tasks end each for itself: 1.29 has.')
      }
      const placing = asked.gpus && placeJob(asked.gpus, asked.gpus.model === '' ? null : await nodes(signal))
      const name = newJobName(asked.name)
      const job = jobOf(name, asked, person, placing)
      const own = await asPerson(kube, namespace, person, signal)
      try {
        // A job is taken on whatever its namespace still holds; what would be refused is its pod, later and unseen.
        await tryPod(own, namespace, job.spec.template, signal)
        await make(own, namespace, name, job, asked, person, signal)
      } catch (error) {
        throw inWords(error, person.username)
      }
      return `${namespace}/${name}`
    },

    async cancel(scope, person, nativeId, signal) {
      const native = nativeOf(scope, nativeId)
      const asker = person === null ? kube : await asPerson(kube, native.namespace, person, signal)
      try {
        if (native.task === null) await removeJob(asker, native, 'Foreground', signal)
        else await endTask(asker, native, signal)
      } catch (error) {
        throw inWords(error, person?.username ?? null)
      }
    },

    detail: async (scope, nativeId, signal) => detailOf(kube, nativeOf(scope, nativeId), signal),

    async *output(scope, person, { nativeId, stream, from, follow }, signal) {
      const native = nativeOf(scope, nativeId)
      if (stream === 'stderr') {
        throw new EngineError('not_found', 'Kubernetes keeps what a container writes as one: it is all in the output.')
      }
      const own = await asPerson(kube, native.namespace, person, signal)
      try {
        const pod = await podOf(own, native, signal)
        if (pod === null) throw new EngineError('not_found', 'It has not written anything yet.')
        yield* logOf(own, pod, { from, follow }, signal)
      } catch (error) {
        throw inWords(error, person.username)
      }
    },
  }
}

/** Errors: `not_found` for what is of no namespace of the scope. */
function nativeOf(scope: Scope, nativeId: string): Native {
  const [, base = '', task] = /^([^_]*)(?:_(\d{1,7}))?$/.exec(nativeId) ?? []
  const { namespace, name } = splitNativeId(base)
  namespaceIn(scope, namespace)
  return { namespace, name, task: task === undefined ? null : Number(task) }
}

const jobsIn = (namespace: string) => `${batch}/namespaces/${piece(namespace)}/jobs`
const podsIn = (namespace: string) => `/api/v1/namespaces/${piece(namespace)}/pods`
const secretsIn = (namespace: string) => `/api/v1/namespaces/${piece(namespace)}/secrets`

/** Indexed jobs end with their first failure until 1.29, which lets each task fail for itself. */
async function hasArrays(kube: Asker, signal: AbortSignal): Promise<boolean> {
  const { gitVersion } = shaped(Version, bodyOf(await kube.send('/version', {}, signal)), 'its version')
  const [, major = 0, minor = 0] = /^v(\d+)\.(\d+)/.exec(gitVersion)?.map(Number) ?? []
  return major > 1 || (major === 1 && minor >= 29)
}

/** How long is tried to take back what was made, where something went wrong: also where the time of the call is over. */
const cleaningMs = 5_000

/**
 * The job before its script: what is left by a death between the two ends by itself, for its pod waits for the script and its
 * time runs out. A script without a job would stay for ever.
 */
async function make(
  own: Asker,
  namespace: string,
  name: string,
  job: ReturnType<typeof jobOf>,
  asked: NewJob,
  person: Person,
  signal: AbortSignal,
): Promise<void> {
  try {
    const made = bodyOf(await own.send(jobsIn(namespace), { method: 'POST', body: job }, signal))
    const { uid } = shaped(Anything, made, 'a job').metadata
    const script = scriptOf(name, uid ?? '', asked, person)
    bodyOf(await own.send(secretsIn(namespace), { method: 'POST', body: script }, signal))
  } catch (error) {
    // Also where the answer was lost: nothing else has this name.
    await removeJob(own, { namespace, name }, 'Background', AbortSignal.timeout(cleaningMs)).catch(() => {})
    throw error
  }
}

async function removeJob(
  asker: Asker,
  { namespace, name }: Pick<Native, 'namespace' | 'name'>,
  propagationPolicy: 'Foreground' | 'Background',
  signal: AbortSignal,
): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy }
  const answer = await asker.send(`${jobsIn(namespace)}/${name}`, { method: 'DELETE', body }, signal)
  if (answer.status !== 404) bodyOf(answer)
}

/** A task is its pod, and is not tried again. */
async function endTask(asker: Asker, native: Native, signal: AbortSignal): Promise<void> {
  const pod = await podOf(asker, native, signal)
  if (pod === null) throw new EngineError('refused', 'A task that has not begun cannot be cancelled by itself here.')
  const answer = await asker.send(
    `${podsIn(native.namespace)}/${piece(pod.metadata.name)}`,
    { method: 'DELETE' },
    signal,
  )
  if (answer.status !== 404) bodyOf(answer)
}

/** The latest pod of a job or task; null where there is none. */
async function podOf(asker: Asker, { namespace, name, task }: Native, signal: AbortSignal): Promise<Pod | null> {
  const selector = `labelSelector=${piece(`job-name=${name}`)}`
  const found = (await list(asker, podsIn(namespace), Pod, signal, { selector }))?.items ?? []
  const own = task === null ? found : found.filter((pod) => indexOfPod(pod) === task)
  const began = ({ metadata }: Pod) => metadata.creationTimestamp ?? ''
  return own.sort((a, b) => (began(a) < began(b) ? -1 : 1)).at(-1) ?? null
}

async function detailOf(kube: Kube, native: Native, signal: AbortSignal): Promise<ReadJobDetail> {
  const { namespace, name } = native
  const [job, pod, secret] = await Promise.all([
    kube.read(Job, `${jobsIn(namespace)}/${name}`, 'a job', signal),
    podOf(kube, native, signal),
    kube.read(Secret, `${secretsIn(namespace)}/${name}`, 'a script', signal).catch(forbidden),
  ])
  if (job === null) throw new EngineError('not_found', 'There is no such job.')
  const events = await eventsOf(kube, namespace, [name, ...(pod ? [pod.metadata.name] : [])], signal)
  // Only what goes with the job is its script, not what bears its name.
  const isOwn = job.metadata.uid !== null && secret?.metadata.ownerReferences[0]?.uid === job.metadata.uid
  return {
    workingDirectory: job.spec.template.spec.containers[0]?.workingDir ?? null,
    standardOutput: null,
    standardError: null,
    script: secret && isOwn ? scriptIn(secret.data) : null,
    events: told(events),
  }
}

function forbidden(error: unknown): null {
  if (error instanceof EngineError && error.kind === 'unauthorised') return null
  throw error
}
