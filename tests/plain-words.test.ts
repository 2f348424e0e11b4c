import { allRoutes, NewModel } from '@tenantry/contract'
import { expect, test } from 'vitest'
import { z } from 'zod'

const saidOf = (schema: z.ZodType, value: unknown): string[] =>
  schema.safeParse(value).error?.issues.map(({ message }) => message) ?? []

test.each<[string, z.ZodType, unknown, string]>([
  ['nothing', z.string(), undefined, 'is required'],
  ['null', z.int(), null, 'is required'],
  ['a number for a text', z.string(), 7, 'must be a text'],
  ['a text for a number', z.number(), 'seven', 'must be a number'],
  ['no number', z.number(), Number.NaN, 'must be a number'],
  ['a broken number', z.int(), 1.5, 'must be a whole number'],
  ['a text for a switch', z.boolean(), 'yes', 'must be true or false'],
  ['an object for a list', z.array(z.string()), {}, 'must be a list'],
  ['a list for an object', z.object({}), [], 'must be an object'],
  ['an empty text', z.string().min(1), '', 'must not be empty'],
  ['a short text', z.string().min(8), 'seven', 'at least 8 characters'],
  ['a long text', z.string().max(3), 'four', 'at most 3 characters'],
  ['an empty list', z.array(z.string()).min(1), [], 'at least one is needed'],
  ['a short list', z.array(z.string()).min(2), ['a'], 'at least 2 are needed'],
  ['a long list', z.array(z.string()).max(1), ['a', 'b'], 'at most 1 are possible'],
  ['a small number', z.number().min(1), 0, 'must be at least 1'],
  ['a number at its bound', z.number().gt(0), 0, 'must be more than 0'],
  ['a great number', z.int().max(1_000_000_000), 2_000_000_000, 'must be at most 1,000,000,000'],
  ['a number at its upper bound', z.number().lt(1), 1, 'must be less than 1'],
  ['a number between', z.int().multipleOf(5), 7, 'must be a multiple of 5'],
  ['another word', z.enum(['mine', 'all']), 'theirs', 'must be one of mine, all'],
  ['another constant', z.literal('none'), 'some', 'must be none'],
  ['no word', z.enum(['mine', 'all']), undefined, 'is required'],
  ['no address', z.url(), 'example', 'must be an address such as https://example.org'],
  ['no e-mail address', z.email(), 'ada', 'is not an e-mail address'],
  ['no id', z.uuid(), 'seven', 'is not an id'],
  ['no day', z.iso.date(), 'today', 'must be a day such as 2026-01-31'],
  ['no time', z.iso.datetime(), 'now', 'must be a time such as 2026-01-31T12:00:00Z'],
  ['no base64', z.base64(), '?', 'must be base64'],
  ['another pattern', z.string().regex(/^a$/), 'b', 'has a form that cannot be used here'],
  ['another beginning', z.string().startsWith('tk_'), 'b', 'must begin with tk_'],
  ['a field too many', z.strictObject({}), { sneaky: 1 }, 'has what is no field of it: sneaky'],
  ['none of several', z.union([z.string(), z.number()]), true, 'is none of what can be given here'],
  ['an unknown kind', z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]), { kind: 'b' }, 'must be a'],
  ['a wrong key', z.record(z.string().max(3), z.string()), { four: '' }, 'at most 3 characters'],
  ['a refused value', z.string().refine(() => false), 'b', 'cannot be used'],
])('%s', (_, schema, value, words) => {
  expect(saidOf(schema, value)).toEqual([words])
})

test('many values are not recited', () => {
  const many = Array.from({ length: 40 }, (_, n) => `value-${n}`) as [string, ...string[]]
  expect(saidOf(z.enum(many), 'other')).toEqual(['is not one of those that there are'])
})

test('a schema has its own words where it has any', () => {
  expect(saidOf(z.string().min(1, { error: 'type a name' }), '')).toEqual(['type a name'])
})

test('an empty form of a model is refused in words', () => {
  const empty = { address: '', model: '', name: '', title: '', uses: [], limits: {} }
  const said = NewModel.safeParse(empty).error?.issues.map(({ path, message }) => [path[0], message]) ?? []
  expect(Object.fromEntries(said.reverse())).toEqual({
    address: 'must be an address such as https://slurm.example.org:6820',
    model: 'must not be empty',
    name: expect.stringContaining('1 to 100 letters'),
    title: 'must not be empty',
    uses: 'choose what it is used for',
  })
})

// Whatever a program sends: what a validator says to programmers begins with one of these.
const raw = /^(Invalid|Too (small|big)|Unrecognized|Expected|Required)|expected .*(string|number|array|to have)|[<>]=/
test('no route answers what the validator says by itself', () => {
  const said = allRoutes.flatMap(({ query, body }) =>
    [query, body]
      .filter((schema): schema is z.ZodObject => schema instanceof z.ZodObject)
      .flatMap((schema) =>
        [undefined, '', 7, -1e12, [], {}, 'x'.repeat(20_000), null].flatMap((wrong) =>
          saidOf(schema, Object.fromEntries(Object.keys(schema.shape).map((name) => [name, wrong]))),
        ),
      ),
  )
  expect(said.length).toBeGreaterThan(500)
  expect(said.filter((words) => raw.test(words))).toEqual([])
})
