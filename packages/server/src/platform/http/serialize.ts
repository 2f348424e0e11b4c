import fastJsonStringify from 'fast-json-stringify'
import { z } from 'zod'

type Json = { [key: string]: unknown }

/** Compiles a schema to a function that writes JSON and drops every field that is not declared. */
export function serializerFor(schema: z.ZodType): (value: unknown) => string {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'output',
    unrepresentable: 'any',
  }) as Json
  return fastJsonStringify(plain(json) as never)
}

/** Shapes only: what constrains values was checked on the way in, and slows every answer down. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain)
  if (typeof node !== 'object' || node === null) return node
  const {
    anyOf,
    format: _f,
    pattern: _p,
    minLength: _a,
    maxLength: _b,
    minimum: _c,
    maximum: _d,
    enum: _e,
    propertyNames: _n,
    ...rest
  } = node as Json
  // What is not declared is left out either way; where one of several shapes is chosen it would be an error.
  if (rest.additionalProperties === false) delete rest.additionalProperties
  if (Array.isArray(anyOf)) {
    const [some, ...none] = anyOf.filter((option) => (option as Json).type !== 'null')
    // Of one shape or none; a choice of shapes has no type of its own to be nullable.
    const choice = (some as Json | undefined)?.oneOf ?? (some as Json | undefined)?.anyOf
    if (Array.isArray(choice)) return { ...rest, anyOf: [...choice.map(plain), { type: 'null' }] }
    if (anyOf.length === 2 && none.length === 0) return { ...(plain(some) as Json), nullable: true }
    return { ...rest, anyOf: anyOf.map(plain) }
  }
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, key === 'properties' ? fields(value as Json) : plain(value)]),
  )
}

// A field may have the name of a keyword.
const fields = (properties: Json): Json =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, plain(schema)]))
