import { parse } from 'csv-parse/sync'
import { problem } from '../../platform/http/problem.ts'

export const importColumns = ['username', 'email', 'first_name', 'last_name', 'role'] as const
export type ImportColumn = (typeof importColumns)[number]
export type CsvRow = { line: number; fields: Record<ImportColumn, string>; broken: string | null }
export const mostRows = 100_000

/** A file to fill in, with one line as an example. */
export const template = (): string => `${importColumns.join(',')}\r\njdoe,jdoe@example.org,Jane,Doe,Tenant User\r\n`

/** Reads a CSV file (RFC 4180; comma or semicolon; with or without a byte order mark). Throws `invalid_input`. */
export function readCsv(text: string): CsvRow[] {
  if (text.includes('\0')) refuse('The file contains a NUL character. Save it as CSV UTF-8.')
  if (text.includes('\uFFFD')) refuse('The file is not UTF-8. Save it as CSV UTF-8.')
  const heading = text.replace(/^\uFEFF/, '').slice(0, text.search(/[\r\n]|$/))
  const delimiter = heading.includes(';') && !heading.includes(',') ? ';' : ','
  const records = parseRecords(text, delimiter)
  const first = records[0] ?? refuse('The file is empty.')
  const names = first.record.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_'),
  )
  const missing = importColumns.filter((column) => !names.includes(column))
  const unknown = names.filter((name) => !(importColumns as readonly string[]).includes(name))
  if (missing.length > 0 || unknown.length > 0 || new Set(names).size < names.length) {
    refuse(
      `The first line must name the columns ${importColumns.join(', ')}, each once. It has: ${names.join(', ').slice(0, 200)}.`,
    )
  }
  if (records.length - 1 > mostRows)
    refuse(`At most ${mostRows.toLocaleString('en')} rows at a time; the file has ${records.length - 1}.`)
  return records.slice(1).map(({ record, info }) => ({
    line: info.lines,
    fields: Object.fromEntries(names.map((name, index) => [name, (record[index] ?? '').trim()])) as CsvRow['fields'],
    broken:
      record.length === names.length ? null : `has ${record.length} columns where the first line has ${names.length}`,
  }))
}

type Parsed = { record: string[]; info: { lines: number } }

function parseRecords(text: string, delimiter: string): Parsed[] {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as Parsed[]
  } catch (error) {
    return refuse(`The file is not well-formed CSV: ${(error as Error).message.slice(0, 200)}`)
  }
}

const refuse = (detail: string): never => problem('invalid_input', { detail })
