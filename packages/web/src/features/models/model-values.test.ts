import { type Model, ModelName } from '@tenantry/contract'
import { describe, expect, test } from 'vitest'
import { changesOf, credentialChangeOf, describedOf, modelValues, nameFrom, newModel } from './model-values.ts'

const model = {
  ...{ id: 'an-id', name: 'llama', title: 'Llama', description: '', uses: ['chat'], contextLength: 8192 },
  price: { input: 0.2, output: 0, currency: 'EUR' },
  limits: { requestsPerMinute: 60, tokensPerMinute: null, tokensPerMonth: null },
  ...{ enabled: true, roleIds: ['a-role'], usable: true, health: { status: 'ok', asOf: null, reason: null } },
  metrics: null,
  endpoint: {
    ...{ address: 'https://a.example.org/v1', ca: null, model: 'meta/llama', credential: true },
    credentialRotatedAt: null,
  },
  ...{ version: 1, publishedAt: '2026-01-01T00:00:00.000Z' },
} satisfies Model as Model

describe('a name from what an endpoint calls a model', () => {
  test.each([
    ['meta-llama/Llama-3.1-8B-Instruct', 'Llama-3.1-8B-Instruct'],
    ['gpt-oss:20b', 'gpt-oss:20b'],
    ['/models/My Model (v2)/', 'My-Model-v2'],
    ['_hidden', 'hidden'],
    ['Modèle', 'Modele'],
    ['☃', ''],
    ['', ''],
  ])('%s is %s', (upstream, name) => expect(nameFrom(upstream)).toBe(name))

  test('whatever it is called there, it is a name that the server takes, or none', () => {
    for (const upstream of ['a'.repeat(300), `${'a'.repeat(99)}--`, 'x/--y__', '…/…', 'a b\tc', '-.-'])
      expect([upstream, nameFrom(upstream) === '' || ModelName.safeParse(nameFrom(upstream)).success]).toEqual([
        upstream,
        true,
      ])
  })
})

test('what is empty is not sent as nothing, but as none', () => {
  expect(describedOf({ ...newModel, input: '', output: '', contextLength: '', ca: '  ' })).toMatchObject({
    ...{ price: null, contextLength: null, ca: null, roleIds: null },
    limits: { requestsPerMinute: null, tokensPerMinute: null, tokensPerMonth: null },
  })
  expect(describedOf({ ...newModel, output: 3, currency: 'chf' }).price).toEqual({
    ...{ input: 0, output: 3, currency: 'CHF' },
  })
  expect(describedOf({ ...newModel, input: 0 }).price).toEqual({ input: 0, output: 0, currency: 'EUR' })
})

describe('what is changed of a model', () => {
  test('is nothing where nothing was typed', () => expect(changesOf(modelValues(model), model)).toEqual({}))
  test('is only what is another', () =>
    expect(changesOf({ ...modelValues(model), title: 'Other', tokensPerMonth: 9, who: 'everybody' }, model)).toEqual({
      ...{ title: 'Other', roleIds: null },
      limits: { requestsPerMinute: 60, tokensPerMinute: null, tokensPerMonth: 9 },
    }))
  test('never leaves a credential to another address', () => {
    const moved = { ...modelValues(model), address: 'https://b.example.org/v1' }
    expect(credentialChangeOf(moved, model)).toBe('replace')
    expect(changesOf({ ...moved, credential: ' new ' }, model)).toEqual({ address: moved.address, credential: 'new' })
    expect(changesOf({ ...moved, credentialChange: 'none' }, model)).toEqual({
      ...{ address: moved.address, credential: null },
    })
    const open = { ...model, endpoint: { ...model.endpoint, credential: false } } as Model
    expect(changesOf({ ...modelValues(open), address: moved.address }, open)).toEqual({
      ...{ address: moved.address, credential: null },
    })
  })
  test('is a credential that goes, or comes, where that was chosen', () => {
    expect(changesOf({ ...modelValues(model), credentialChange: 'none' }, model)).toEqual({ credential: null })
    expect(changesOf({ ...modelValues(model), credentialChange: 'replace', credential: 'k' }, model)).toEqual({
      credential: 'k',
    })
  })
})
