import { problemOfDatabase } from '@tenantry/server/platform/http/database-problems.ts'
import { ProblemError } from '@tenantry/server/platform/http/problem.ts'

/** What the person at the command line can mend; shown without a stack. */
export class Refused extends Error {}

/** A refusal in words, and as a document for programs. */
export function refusal(thrown: unknown): { message: string; document: object } {
  const error = problemOfDatabase(thrown) ?? thrown
  if (!(error instanceof ProblemError)) {
    const message = error instanceof Error ? error.message : String(error)
    return { message, document: { title: message } }
  }
  const document = error.toProblem()
  const fields = (document.errors ?? []).map(({ pointer, detail }) => `\n  ${pointer.slice(1)}: ${detail}`)
  const missing = document.missing ? `\n  missing: ${document.missing.join(', ')}` : ''
  const detail = fields.length === 0 && document.detail ? `\n  ${document.detail}` : ''
  return { message: `${document.title}.${detail}${fields.join('')}${missing}`, document }
}

/** Rows under headings, as wide as they need to be. */
export function table(headings: string[], rows: string[][]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(headings), ...rows.map(line)].join('\n')
}

/** Prints what a program reads or what a person does. */
export function print(json: boolean, value: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text}\n`)
}

/** The first line of standard input: a password that no list of processes and no shell history shows. */
export async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password (it shows as you type; better pipe it in): ')
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer)
    if (process.stdin.isTTY) break
  }
  const password = Buffer.concat(chunks).toString('utf8').split(/\r?\n/)[0] ?? ''
  if (password === '') throw new Refused('No password came on standard input.')
  return password
}
