import type { ModelLimits, ModelPrice } from '@tenantry/contract'

/** Whoever asks a model: a person in the playground, or one of their keys. */
export type Caller = {
  tenantId: string
  userId: string
  key: { id: string; requestsPerMinute: number | null; tokensPerMonth: number | null } | null
}

/** What of a model is needed to hold limits and to count. */
export type Counted = { id: string; name: string; limits: ModelLimits; price: ModelPrice | null }

/** Stands for “no key” and “every model”. */
export const nil = '00000000-0000-0000-0000-000000000000'
