/** Everything of the list that the address holds. Times are days, as typed: YYYY-MM-DD. */
export type AuditSearch = {
  q?: string
  from?: string
  to?: string
  action?: string
  result?: 'success' | 'refused'
  /** For the platform: whose log. */
  tenant?: string
  cursor?: string
  /** The entry that is open. */
  entry?: number
}

/** Reads the address; what it does not understand is left out. */
export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  const found: AuditSearch = {}
  for (const name of ['q', 'action', 'tenant', 'cursor'] as const) {
    const value = search[name]
    if ((typeof value === 'string' || typeof value === 'number') && value !== '') found[name] = String(value)
  }
  for (const name of ['from', 'to'] as const) {
    const value = search[name]
    if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) found[name] = value
  }
  if (search.result === 'success' || search.result === 'refused') found.result = search.result
  if (Number.isInteger(Number(search.entry)) && Number(search.entry) > 0) found.entry = Number(search.entry)
  return found
}

/** What takes every filter away; whose log it is stays. */
export const noFilter = { q: undefined, from: undefined, to: undefined, action: undefined, result: undefined }

/** What the API is asked: days become the instants at which they begin and end where the reader is. */
export function filterOf({ q, from, to, action, result }: AuditSearch) {
  const start = (day: string, days: number) => {
    const date = new Date(`${day}T00:00:00`)
    date.setDate(date.getDate() + days)
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
  }
  const [begin, end] = [from && start(from, 0), to && start(to, 1)]
  return {
    ...(q && { q }),
    ...(begin && { from: begin }),
    ...(end && { to: end }),
    ...(action && { action }),
    ...(result && { result }),
  }
}
