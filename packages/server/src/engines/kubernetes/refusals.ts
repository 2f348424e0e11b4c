import { EngineError } from '../port.ts'
import { mebibytes, parseQuantity, rounded } from './quota.ts'

/**
 * What a refusal of something that a person asked for means to them. Errors are answered as they are where they are not about
 * what was asked but about the cluster. `who` asked; null: the platform.
 */
export function inWords(error: unknown, who: string | null): EngineError {
  if (!(error instanceof EngineError)) throw error
  const { kind, said } = error
  const isAbout = kind === 'unauthorised' || (kind === 'refused' && !/^It answered 5/.test(error.message))
  if (!isAbout || said === '') return error
  const refused = (sentence: string) => new EngineError('refused', sentence, { said, cause: error })
  if (said.includes('exceeded quota')) return refused(quotaSentence(said))
  if (/\bUser "[^"]*" cannot \w+ resource /.test(said)) {
    return who === null ? error : refused(`${who} may not do this there.`)
  }
  // What a policy of the cluster says about what was sent: `pods "x" is forbidden: violates PodSecurity …`.
  const about = /(?:is forbidden|is invalid|denied the request): (.+)$/.exec(said)?.[1]
  if (about !== undefined) return refused(`Kubernetes refuses it: ${about}`)
  return kind === 'unauthorised' ? error : refused(`Kubernetes refuses it: ${said}`)
}

/** `exceeded quota: limits, requested: requests.nvidia.com/gpu=8, used: …=6, limited: …=12`, for people. */
function quotaSentence(said: string): string {
  const amounts = (word: string) => {
    const list = new RegExp(`${word}: ((?:[\\w./+-]+=[\\w.]+,?)+)`).exec(said)?.[1] ?? ''
    return new Map(
      list
        .split(',')
        .map((each) => each.split('='))
        .flatMap(([name, value]) => (name && value ? [[name, value] as const] : [])),
    )
  }
  const [requested, used, limited] = [amounts('requested'), amounts('used'), amounts('limited')]
  for (const [name, limit] of limited) {
    const { unit, scale } = unitOf(name)
    const of = (given: string | undefined) => scale(parseQuantity(given ?? '0') ?? 0)
    const [total, taken, more] = [of(limit), of(used.get(name)), of(requested.get(name))]
    const left = rounded(Math.max(0, total - taken))
    return `The quota allows ${total} ${unit}, ${taken} are in use: ${left} left, and this needs ${more}.`
  }
  return 'It exceeds the quota of its namespace.'
}

type Unit = { unit: string; scale: (value: number) => number }

function unitOf(name: string): Unit {
  const resource = name.replace(/^(requests|limits)\./, '').replace(/^count\/([\w-]+).*$/, '$1')
  const slices = /^nvidia\.com\/mig-(.+)$/.exec(resource)?.[1]
  if (slices !== undefined) return { unit: `${slices} slices`, scale: rounded }
  if (/^(nvidia|amd)\.com\/gpu/.test(resource)) return { unit: 'GPUs', scale: rounded }
  const inGiB = (bytes: number) => Math.round((mebibytes(bytes) / 1024) * 10) / 10
  if (resource === 'cpu') return { unit: 'cores', scale: rounded }
  if (resource === 'memory') return { unit: 'GiB of memory', scale: inGiB }
  if (resource === 'storage') return { unit: 'GiB of storage', scale: inGiB }
  if (resource === 'persistentvolumeclaims') return { unit: 'volumes', scale: rounded }
  return { unit: resource, scale: rounded }
}
