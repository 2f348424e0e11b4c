import type { Model } from '@tenantry/contract'
import type { TFunction } from 'i18next'
import { formatNumber } from '../../app/format.ts'

const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 })

/** “812”, “9,999”, “12.3K”, “1.5M”: as exact as one reads it. */
export const formatTokens = (tokens: number): string =>
  tokens < 10_000 ? formatNumber(tokens) : compact.format(tokens)

/** A share of 1: “83%”. Not rounded up to a whole that it is not yet. */
export const formatShare = (share: number): string =>
  percent.format(share < 1 ? Math.min(0.99, Math.max(0, share)) : share)

/** An amount of a currency (ISO 4217): cents, or four digits where there is less than one of it; `digits` where it is settled. */
export function formatMoney(amount: number, currency: string, digits?: number): string {
  const small = amount !== 0 && Math.abs(amount) < 1
  const money = new Intl.NumberFormat(undefined, {
    ...{ style: 'currency', currency, currencyDisplay: 'narrowSymbol' },
    ...{ minimumFractionDigits: digits ?? 2, maximumFractionDigits: digits ?? (small ? 4 : 2) },
  })
  const least = 0.0001
  return small && Math.abs(amount) < least ? `< ${money.format(least)}` : money.format(amount)
}

/** Who may use a model: everybody, roles by their names, or how many where those cannot be read. */
export function whoInWords(t: TFunction, { roleIds }: Model, roles: { id: string; name: string }[] = []): string {
  if (roleIds === null) return t('models.who.everybody')
  const names = roleIds.map((id) => roles.find((role) => role.id === id)?.name)
  return names.every((name) => name !== undefined) ? names.join(', ') : t('models.who.roles', { count: roleIds.length })
}

const kinds = ['requestsPerMinute', 'tokensPerMinute', 'tokensPerMonth'] as const
/** Each limit that there is; none is an empty list. */
export const limitsInWords = (t: TFunction, limits: { [Kind in (typeof kinds)[number]]?: number | null }): string[] =>
  kinds.flatMap((kind) => {
    const most = limits[kind]
    return most === null || most === undefined ? [] : [t(`models.limit.${kind}`, { n: formatTokens(most) })]
  })

/** Whether whoever looks can talk with it in the playground. */
export const triable = ({ usable, enabled, uses }: Model): boolean => usable && enabled && uses.includes('chat')

/** How many decimals each currency is shown with. */
export type CostDigits = Record<string, number>

/** As many decimals for every amount of a currency as the finest of them needs: figures that are added up look it. */
export function digitsOf(costs: Record<string, number>[]): CostDigits {
  const digits: CostDigits = {}
  for (const cost of costs)
    for (const [currency, amount] of Object.entries(cost)) {
      const fine = amount < 1 && Math.abs(amount - Math.round(amount * 100) / 100) > 1e-9
      digits[currency] = Math.max(digits[currency] ?? 2, fine ? 4 : 2)
    }
  return digits
}

/** An amount for each currency, by its code. */
export const costInWords = (cost: Record<string, number>, digits: CostDigits = {}): string[] =>
  Object.entries(cost)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([currency, amount]) => formatMoney(amount, currency, digits[currency]))
