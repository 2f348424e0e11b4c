import type { BodyOf, createModelKey, ModelKey } from '@tenantry/contract'

const day = 86_400_000
export const days = ['7', '30', '90', '365', 'never'] as const
export type Days = (typeof days)[number]
export type KeyValues = {
  name: string
  which: 'all' | 'these'
  modelIds: string[]
  days: Days
  requestsPerMinute: number | string
  tokensPerMonth: number | string
}
export const newKey: KeyValues = {
  ...{ name: '', which: 'all', modelIds: [], days: '90', requestsPerMinute: '', tokensPerMonth: '' },
}

/** What is sent: empty is without a limit. */
export const keyOf = (values: KeyValues): BodyOf<typeof createModelKey> => ({
  name: values.name,
  modelIds: values.which === 'all' ? null : values.modelIds,
  days: values.days === 'never' ? null : Number(values.days),
  requestsPerMinute: values.requestsPerMinute === '' ? null : Number(values.requestsPerMinute),
  tokensPerMonth: values.tokensPerMonth === '' ? null : Number(values.tokensPerMonth),
})

/** When a key that is made now ends; null: never. */
export const endOf = (chosen: Days, now = Date.now()): Date | null =>
  chosen === 'never' ? null : new Date(now + Number(chosen) * day)

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
export const formatDate = (instant: Date): string => date.format(instant)

/** Whether a key that works ends within a week. */
export const endsSoon = ({ state, expiresAt }: ModelKey, now = Date.now()): boolean =>
  (state === 'active' || state === 'idle') && expiresAt !== null && Date.parse(expiresAt) - now < 7 * day

const utcDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone: 'UTC' })
/** When limits of a month begin anew: the first of the next, UTC. In words. */
export function nextMonth(now = new Date()): string {
  return utcDate.format(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1))
}
