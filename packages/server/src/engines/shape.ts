import { z } from 'zod'
import { EngineError } from './port.ts'

/** A value as the schema has it. `what` goes on from “What it answered about”. Errors: `garbage`, without the value. */
export function shaped<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const where = read.error.issues[0]?.path.join('.') ?? ''
  const at = where === '' ? '' : ` (at ${where.slice(0, 100)})`
  throw new EngineError('garbage', `What it answered about ${what} does not have the shape it should have${at}.`)
}

/** Fields that may be missing or null; of another type they are garbage. */
export const maybe = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? null)
export const text = maybe(z.string())
export const flag = maybe(z.boolean())
export const number = maybe(z.number())
export const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? [])
export const mapOf = <T extends z.ZodType>(item: T) =>
  z
    .record(z.string(), item)
    .nullish()
    .transform((value) => value ?? {})

/** RFC 3339 in UTC with milliseconds; null for what is no time. */
export function instant(given: string | null): string | null {
  const time = given === null ? Number.NaN : Date.parse(given)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

/** Facts of those that are known. */
export const factsOf = (known: Record<string, string | number | null | undefined>) =>
  Object.entries(known).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [{ name, value: String(value) }],
  )
