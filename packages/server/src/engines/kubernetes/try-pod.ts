import { EngineError } from '../port.ts'
import { type Asker, bodyOf, piece } from './client.ts'

/** Asks whether a pod would be taken on: by quotas, limits and policies. Nothing is made. Errors: why it would not. */
export async function tryPod(
  kube: Asker,
  namespace: string,
  { metadata, spec }: { metadata: object; spec: object },
  signal: AbortSignal,
): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, generateName: 'tenantry-try-' }, spec }
  const path = `/api/v1/namespaces/${piece(namespace)}/pods?dryRun=All`
  const answer = await kube.send(path, { method: 'POST', body }, signal)
  // A webhook that cannot be tried out says nothing about the pod.
  if (answer.status === 400 && /does not support dry run/.test(String(answer.body))) return
  if (answer.status === 404) throw new EngineError('not_found', `The namespace ${namespace} is not there.`)
  bodyOf(answer)
}
