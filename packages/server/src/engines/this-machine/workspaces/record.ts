import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Places } from './places.ts'
import { bootOf, readProcess } from './processes.ts'

/** What is known of the process of a workspace, over our own restarts. Times are RFC 3339. */
const Known = z.object({
  pid: z.int(),
  /** With its id and the start of the machine, tells it from every other there will be. */
  begun: z.string(),
  boot: z.string(),
  port: z.int(),
  /** Of whom it runs as; null: as ourselves. */
  uid: z.int().nullable(),
  startedAt: z.iso.datetime(),
  /** Where its log begins, in bytes. */
  logFrom: z.int(),
  stoppingAt: z.iso.datetime().nullable(),
})
export type Known = z.infer<typeof Known>

/** Null where nothing was begun, or all of it was ended. */
export async function knownOf({ record }: Places): Promise<Known | null> {
  const text = await readFile(record, 'utf8').catch(() => '')
  try {
    return Known.parse(JSON.parse(text))
  } catch {
    // Not there, or torn by a power cut: then nothing of it runs any more.
    return null
  }
}

export async function keep(places: Places, known: Known): Promise<Known> {
  await replace(places.record, JSON.stringify(known))
  return known
}

/** When it answered for the first time. A file of its own: whoever looks writes it, while another may be stopping it. */
export async function answeredAt({ answered }: Places, now?: Date): Promise<string | null> {
  const kept = await readFile(answered, 'utf8').catch(() => '')
  if (kept !== '' || now === undefined) return kept || null
  await replace(answered, now.toISOString())
  return now.toISOString()
}

export async function forget({ record, answered }: Places): Promise<void> {
  await rm(answered, { force: true })
  await rm(record, { force: true })
}

async function replace(path: string, text: string): Promise<void> {
  const draft = `${path}.${Math.random().toString(36).slice(2)}`
  await writeFile(draft, text, { mode: 0o600 })
  await rename(draft, path)
}

export const handleOf = ({ pid, begun, port }: Known): string => `${pid}:${begun}:${port}`

export const runs = ({ pid, begun, boot }: Known): boolean => boot === bootOf() && readProcess(pid)?.begun === begun
