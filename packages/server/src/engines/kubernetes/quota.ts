import type { Amount } from '@tenantry/contract'
import type { Quantities, ResourceQuota } from './objects.ts'

const quantity = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/
const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** What a Kubernetes quantity stands for: `128Gi`, `500m`, `1e3`, `4`. Null for what is none. */
export function parseQuantity(given: string | number): number | null {
  if (typeof given === 'number') return Number.isFinite(given) ? given : null
  const [, digits, suffix, exponent] = quantity.exec(given.trim()) ?? []
  if (digits === undefined) return null
  if (exponent !== undefined) return Number(`${digits}e${exponent}`)
  return Number(digits) * (suffix === undefined ? 1 : (factors[suffix] ?? Number.NaN))
}

/** The amount of a resource; 0 where there is none, or nothing that could be read. */
export const amountIn = (quantities: Quantities, resource: string) => {
  const given = quantities[resource]
  return given === undefined ? 0 : (parseQuantity(given) ?? 0)
}

/** Sums of fractions, to a thousandth. */
export const rounded = (value: number) => Math.round(value * 1000) / 1000
export const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20)

export const amount = (total: number, used: number): Amount => ({
  total: rounded(total),
  used: rounded(used),
  free: rounded(Math.max(0, total - used)),
})

export type Limit = { total: number; used: number }

/** Whether a quota is for every pod of its namespace, not for those of some priority or kind alone. */
const isForAll = ({ spec }: ResourceQuota) => (spec?.scopes.length ?? 0) === 0 && spec?.scopeSelector == null

/**
 * What the quotas of a namespace allow of a resource, by any of the names it goes by in a quota (`requests.cpu`, `cpu`):
 * the tightest. Null where none is about it. What is enforced (`status.hard`) goes before what was asked for (`spec.hard`).
 */
export function limitOf(quotas: readonly ResourceQuota[], names: readonly string[]): Limit | null {
  let tightest: Limit | null = null
  for (const quota of quotas.filter(isForAll)) {
    const enforced = quota.status?.hard ?? {}
    const hard = Object.keys(enforced).length > 0 ? enforced : (quota.spec?.hard ?? {})
    for (const name of names) {
      const total = hard[name] === undefined ? null : parseQuantity(hard[name])
      if (total === null) continue
      const used = amountIn(quota.status?.used ?? {}, name)
      if (tightest === null || total - used < tightest.total - tightest.used) tightest = { total, used }
    }
  }
  return tightest
}

/** The resources that quotas limit, without `requests.`: extended resources are limited by their requests alone. */
export const limitedBy = (quotas: readonly ResourceQuota[]) =>
  new Set(
    quotas
      .filter(isForAll)
      .flatMap(({ spec, status }) => [...Object.keys(spec?.hard ?? {}), ...Object.keys(status?.hard ?? {})])
      .filter((name) => name.startsWith('requests.'))
      .map((name) => name.slice('requests.'.length)),
  )
