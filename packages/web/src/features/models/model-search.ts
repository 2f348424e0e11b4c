const whose = (search: Record<string, unknown>): { whose?: 'all' } => (search.whose === 'all' ? { whose: 'all' } : {})
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
const day = (value: unknown): string => (/^\d{4}-\d\d-\d\d$/.test(text(value)) ? text(value) : '')

export type KeySearch = { q?: string; whose?: 'all'; ended?: 'yes'; create?: true; cursor?: string }
export const readKeySearch = (search: Record<string, unknown>): KeySearch => ({
  ...(text(search.q) && { q: text(search.q) }),
  ...whose(search),
  ...(search.ended === 'yes' && { ended: 'yes' as const }),
  ...((search.create === true || search.create === 'true') && { create: true as const }),
  ...(text(search.cursor) && { cursor: text(search.cursor) }),
})

export type UsageSearch = { whose?: 'all'; by?: 'user' | 'key'; from?: string; to?: string }
export const readUsageSearch = (search: Record<string, unknown>): UsageSearch => ({
  ...whose(search),
  ...((search.by === 'user' || search.by === 'key') && { by: search.by }),
  ...(day(search.from) && { from: day(search.from) }),
  ...(day(search.to) && { to: day(search.to) }),
})
