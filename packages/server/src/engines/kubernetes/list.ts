import { z } from 'zod'
import { EngineError } from '../port.ts'
import { shaped, text } from '../shape.ts'
import { type Asker, bodyOf, piece } from './client.ts'

const Page = z.object({
  metadata: z.object({ resourceVersion: text, continue: text }).nullish(),
  items: z.array(z.unknown()).nullable(),
})

const pageSize = 500
/** A list that changes as fast as it is read ends here. */
const mostRestarts = 3
/** Up to so many namespaces are asked one by one; of more, all are asked at once and the others' left out. */
export const askedOneByOne = 24

export type Listed<T> = { items: T[]; resourceVersion: string }

/** `selector` is a query such as `labelSelector=…`, with its values encoded. */
export type Selection = { limit?: number; selector?: string }

/** All of a list, page by page, or null where there is no such list (404). Errors: `EngineError`. */
export async function list<T>(
  kube: Asker,
  path: string,
  item: z.ZodType<T>,
  signal: AbortSignal,
  { limit = pageSize, selector = '' }: Selection = {},
): Promise<Listed<T> | null> {
  const what = path.slice(path.lastIndexOf('/') + 1)
  const schema = z.array(item)
  let found: T[] = []
  let next: string | null = null
  for (let restarts = 0; ; ) {
    const query: string = next === null ? '' : `&continue=${piece(next)}`
    const answer = await kube.send(`${path}?limit=${limit}${selector && `&${selector}`}${query}`, {}, signal)
    if (answer.status === 404) return null
    if (answer.status === 410 && next !== null && restarts < mostRestarts) {
      // The snapshot that the pages are of has been compacted away meanwhile.
      restarts += 1
      found = []
      next = null
      continue
    }
    const page = shaped(Page, bodyOf(answer), what)
    found = found.concat(shaped(schema, page.items ?? [], what))
    const following = page.metadata?.continue || null
    if (following !== null && following === next) throw new EngineError('garbage', `Its list of ${what} has no end.`)
    next = following
    if (next === null) return { items: found, resourceVersion: page.metadata?.resourceVersion ?? '' }
  }
}

/** Where a watch of a list begins, or null where there is no such list. One item at most is read. */
export async function versionOf(kube: Asker, path: string, signal: AbortSignal): Promise<string | null> {
  const answer = await kube.send(`${path}?limit=1`, {}, signal)
  if (answer.status === 404) return null
  return shaped(Page, bodyOf(answer), path.slice(path.lastIndexOf('/') + 1)).metadata?.resourceVersion ?? ''
}

type InNamespace = { metadata: { namespace: string | null } }

/**
 * What namespaces have of a kind (`base` such as `/api/v1`, `plural` such as `pods`), or null where there is no such kind.
 * What is of another namespace is left out, whatever was answered. Errors: `EngineError`.
 */
export async function listWithin<T extends InNamespace>(
  kube: Asker,
  base: string,
  plural: string,
  item: z.ZodType<T>,
  namespaces: readonly string[],
  signal: AbortSignal,
  selection: Selection = {},
): Promise<T[] | null> {
  const wanted = new Set(namespaces)
  const each = async () => {
    const path = (namespace: string) => `${base}/namespaces/${piece(namespace)}/${plural}`
    const lists = await Promise.all(
      [...wanted].map(async (namespace) => {
        const listed = await list(kube, path(namespace), item, signal, selection)
        return listed?.items.filter(({ metadata }) => metadata.namespace === namespace)
      }),
    )
    const present = lists.filter((found) => found !== undefined)
    return present.length === 0 && wanted.size > 0 ? null : present.flat()
  }
  if (wanted.size <= askedOneByOne) return each()
  const all = async () => {
    const listed = await list(kube, `${base}/${plural}`, item, signal, selection)
    return listed?.items.filter(({ metadata }) => wanted.has(metadata.namespace ?? '')) ?? null
  }
  // A credential for the tenants' namespaces alone may not ask for all of them.
  return all().catch(unlessForbidden(each))
}

/** What to do instead where the credential does not permit to ask for everything. */
export const unlessForbidden =
  <T>(instead: () => Promise<T>) =>
  (error: unknown): Promise<T> => {
    if (error instanceof EngineError && error.kind === 'unauthorised') return instead()
    throw error
  }
