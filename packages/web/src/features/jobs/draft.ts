import { type JobValues, noJob } from './job-values.ts'

const draftKey = 'tenantry.job-draft'
const defaultsKey = 'tenantry.job-defaults'

type Kept = { user: string; from: string | null; values: JobValues }

/**
 * What is being written, kept in this tab alone until it is submitted. Whoever signs in after somebody else in the same tab
 * does not find it: it goes.
 */
export function readDraft(user: string, from: string | undefined): JobValues | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(draftKey) ?? 'null') as Kept | null
    if (!kept) return null
    if (kept.user !== user) {
      sessionStorage.removeItem(draftKey)
      return null
    }
    return kept.from === (from ?? null) ? { ...noJob, ...kept.values } : null
  } catch {
    return null
  }
}
export function keepDraft(user: string, from: string | undefined, values: JobValues): void {
  try {
    sessionStorage.setItem(draftKey, JSON.stringify({ user, from: from ?? null, values } satisfies Kept))
  } catch {}
}
export function dropDraft(): void {
  try {
    sessionStorage.removeItem(draftKey)
  } catch {}
}

const remembered = [
  'engineId',
  'where',
  'account',
  'qos',
  'gpuModel',
  'gpuCount',
  'cpus',
  'memory',
  'time',
  'image',
] as const
type Remembered = Pick<JobValues, (typeof remembered)[number]>

/** Where one submitted last, and what for: proposed the next time. Never what one wrote. */
export function rememberDefaults(user: string, values: JobValues): void {
  try {
    const kept = Object.fromEntries(remembered.map((field) => [field, values[field]]))
    localStorage.setItem(defaultsKey, JSON.stringify({ user, kept }))
  } catch {}
}
export function rememberedDefaults(user: string): Partial<Remembered> {
  try {
    const found = JSON.parse(localStorage.getItem(defaultsKey) ?? 'null') as { user: string; kept: Remembered } | null
    return found?.user === user ? found.kept : {}
  } catch {
    return {}
  }
}
