import * as contract from '@tenantry/contract'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { serializerFor } from './serialize.ts'

test('what is not declared never gets out, nested or not', () => {
  const write = serializerFor(
    z.object({ items: z.array(z.object({ id: z.string(), inner: z.object({ a: z.int() }).nullable() })) }),
  )
  const value = {
    items: [
      { id: 'x', password_hash: 'no', inner: { a: 1, token: 'no' } },
      { id: 'y', inner: null },
    ],
    secret: 'no',
  }
  expect(JSON.parse(write(value))).toEqual({
    items: [
      { id: 'x', inner: { a: 1 } },
      { id: 'y', inner: null },
    ],
  })
})

test('a field may be called like a keyword of the schema', () => {
  const write = serializerFor(z.object({ minLength: z.int(), format: z.string(), enum: z.string() }))
  expect(JSON.parse(write({ minLength: 15, format: 'f', enum: 'e' }))).toEqual({
    minLength: 15,
    format: 'f',
    enum: 'e',
  })
})

test('one of several shapes, or none, and nothing besides', () => {
  const shape = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('gpu'), count: z.int() }),
    z.object({ kind: z.literal('mig'), profile: z.string(), count: z.int() }),
  ])
  const write = serializerFor(z.object({ it: shape.nullable() }))
  expect(JSON.parse(write({ it: { kind: 'mig', profile: '1g.10gb', count: 2, secret: 'no' } }))).toEqual({
    it: { kind: 'mig', profile: '1g.10gb', count: 2 },
  })
  expect(JSON.parse(write({ it: null }))).toEqual({ it: null })
})

test('every answer of the contract can be written', () => {
  let written = 0
  for (const route of contract.allRoutes) {
    for (const schema of Object.values(route.answers)) {
      if (schema === null || contract.isStreamed(schema)) continue
      expect(() => serializerFor(schema)).not.toThrow()
      written += 1
    }
  }
  expect(written).toBeGreaterThan(30)
})
