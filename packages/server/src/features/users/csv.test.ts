import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from '../../platform/files/csv-line.ts'
import { readCsv, template } from './csv.ts'

test('what is exported reads back as it was, and no value begins a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 6 }), (values) => {
      const [record = []] = parse(csvLine(values), { relax_column_count: true, skip_empty_lines: false }) as string[][]
      for (const [index, value] of values.entries()) {
        const read = record[index] ?? ''
        expect([value, `'${value}`]).toContain(read)
        expect(read).not.toMatch(/^[=+\-@\t\r]/)
      }
    }),
  )
})

test('the template is a file that can be imported', () => {
  expect(readCsv(template())).toMatchObject([
    { line: 2, fields: { username: 'jdoe', role: 'Tenant User' }, broken: null },
  ])
})

test('a file of a spreadsheet: semicolons, a byte order mark, other headings, empty lines', () => {
  const rows = readCsv(
    '\uFEFFUsername;First Name;Last Name;Role;Email\r\nada;Ada;"By;ron";Tenant User;a@b.test\r\n\r\n',
  )
  expect(rows).toMatchObject([{ line: 2, fields: { username: 'ada', last_name: 'By;ron', email: 'a@b.test' } }])
})

test('no file makes the reader fail in another way than by saying so', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      try {
        readCsv(text)
      } catch (error) {
        expect((error as { code?: string }).code).toBe('invalid_input')
      }
    }),
  )
})
