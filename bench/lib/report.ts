import { cpus, totalmem } from 'node:os'

export type Row = { what: string; measured: string; bar: string; compared?: string; holds: boolean | null }

const rows: Row[] = []

/** Notes a row and shows it at once: a long bench is watched. */
export function report(row: Row): void {
  rows.push(row)
  process.stderr.write(`  ${row.what}: ${row.measured} (${verdict(row)})\n`)
}

const verdict = ({ holds }: Row) => (holds === null ? 'no bar' : holds ? 'holds' : 'MISSED')

/** `database`: the one that was measured with; without it, none was. */
export function printReport(title: string, database?: { version: string; fsync: string }): void {
  const cores = cpus()
  const machine = `${cores.length} cores (${cores[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}${database ? `, PostgreSQL ${database.version}, fsync ${database.fsync}` : ''}`
  const lines = rows.map(
    (row) => `| ${row.what} | ${row.measured} | ${row.bar} | ${row.compared ?? '–'} | ${verdict(row)} |`,
  )
  process.stdout.write(
    `\n## ${title}\n\n${machine}\n\n| what | measured | bar | compared in the same run | |\n|---|---|---|---|---|\n${lines.join('\n')}\n\n`,
  )
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`
export const rate = (value: number): string => `${value.toFixed(0)}/s`
