import { expect, test } from 'vitest'
import { usageCsv } from './usage-csv.ts'

const row = (name: string, more: object = {}) => ({
  ...{ id: null, name, owner: null, requests: 2, failed: 1, inputTokens: 30, outputTokens: 4, estimatedTokens: 0 },
  ...{ person: null, cost: {}, ...more },
})

test('a row is a line, and a currency a column', () => {
  const rows = [row('llama', { cost: { USD: 1.5, EUR: 0.25 } }), row('bge', { cost: { EUR: 0.1 + 0.2 } })]
  expect(usageCsv(rows, { owners: false, names: false })).toBe(
    'name,requests,failed,input_tokens,output_tokens,estimated_tokens,cost_EUR,cost_USD\r\n' +
      'llama,2,1,30,4,0,0.25,1.5\r\nbge,2,1,30,4,0,0.3,0\r\n',
  )
})

test('no name is run as a formula, and none breaks its cell', () => {
  const names = ['=1+1', '+1', '-1', '@SUM', '\t=1', 'a,b', 'say "hi"', '=HYPERLINK("x")', 'plain-1']
  expect(
    usageCsv(
      names.map((name) => row(name, { owner: '=o', person: { id: 'o', username: '=o', name: '+Ola' } })),
      { owners: true, names: true },
    )
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.replace(/,'=o,'\+Ola,2,1,30,4,0$/, '')),
  ).toEqual([`'=1+1`, `'+1`, `'-1`, `'@SUM`, `'\t=1`, '"a,b"', '"say ""hi"""', `"'=HYPERLINK(""x"")"`, 'plain-1'])
})

test('people are there by user name and by name; of who is gone there is no name', () => {
  const bob = { id: 'b', username: 'bob', name: 'Bob Builder' }
  const rows = [
    row('bob', { person: bob }),
    row('carl', { person: { ...bob, name: null } }),
    row('somebody who is gone'),
  ]
  expect(usageCsv(rows, { owners: false, names: true }).split('\r\n').slice(0, -1)).toEqual([
    'name,full_name,requests,failed,input_tokens,output_tokens,estimated_tokens',
    'bob,Bob Builder,2,1,30,4,0',
    'carl,,2,1,30,4,0',
    'somebody who is gone,,2,1,30,4,0',
  ])
})
