import type { FieldError } from '@tenantry/contract'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { problem } from './problem.ts'

/** An id that is no id is a thing that is not there. */
export function parseParams(schema: z.ZodType | undefined, params: unknown): unknown {
  if (!schema) return {}
  const parsed = schema.safeParse(params)
  return parsed.success ? parsed.data : problem('not_found')
}

/** Schemas are closed once, here: to build one costs more than to use it. */
export function queryParser(schema: z.ZodObject = z.object({})): (query: unknown) => unknown {
  const strict = schema.strict()
  return (query) => {
    const errors = unstorable(query, '?')
    const parsed = strict.safeParse(query)
    if (!parsed.success) errors.push(...parsed.error.issues.flatMap((issue) => fieldErrors(issue, '?')))
    if (errors.length > 0) problem('invalid_input', { errors })
    return parsed.data
  }
}

export function bodyParser(schema: z.ZodType | 'text/csv' | undefined): (request: FastifyRequest) => unknown {
  if (schema === undefined) return () => undefined
  const strict = schema instanceof z.ZodObject ? schema.strict() : schema
  return (request) => {
    const csv = typeof request.body === 'string'
    if (csv !== (schema === 'text/csv')) {
      problem('unsupported_media_type', { detail: `Send ${schema === 'text/csv' ? 'text/csv' : 'application/json'}.` })
    }
    if (strict === 'text/csv') return request.body
    const errors = unstorable(request.body, '/')
    const parsed = strict.safeParse(request.body)
    if (!parsed.success) errors.push(...parsed.error.issues.flatMap((issue) => fieldErrors(issue, '/')))
    if (errors.length > 0) problem('invalid_input', { errors })
    return parsed.data
  }
}

const codes: Record<string, string> = {
  too_small: 'too_short',
  too_big: 'too_long',
  invalid_format: 'format',
  custom: 'format',
}

/** RFC 6901 pointers for a body, `?name` for a query. */
function fieldErrors(issue: z.core.$ZodIssue, root: '/' | '?'): FieldError[] {
  const path = issue.path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, 20).map((key) => ({
      pointer: root + [...path, key.slice(0, 100)].join('/'),
      code: 'unknown',
      detail: 'is not a field of this request',
    }))
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined
  const detail = missing ? 'is required' : issue.message
  return [{ pointer: root + path.join('/'), code: missing ? 'required' : (codes[issue.code] ?? issue.code), detail }]
}

// PostgreSQL text cannot hold it, and nobody types it. Found out before anything is asked of an engine.
function unstorable(value: unknown, pointer: string, depth = 0): FieldError[] {
  if (typeof value === 'string') {
    if (value.includes('\0')) return [{ pointer, code: 'format', detail: 'contains a NUL character' }]
    return /\p{Surrogate}/u.test(value) ? [{ pointer, code: 'format', detail: 'contains half a character' }] : []
  }
  if (typeof value !== 'object' || value === null || depth > 8) return []
  const at = depth === 0 ? pointer : `${pointer}/`
  return Object.entries(value).flatMap(([key, inner]) => unstorable(inner, at + key.slice(0, 100), depth + 1))
}
