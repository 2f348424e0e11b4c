import type { ModelUsage } from '@tenantry/contract'

/** Spreadsheets run what begins like a formula: an apostrophe before it makes it a text. */
const guarded = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
const cell = (value: string | number): string => {
  const text = typeof value === 'number' ? String(value) : guarded(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
const line = (cells: (string | number)[]): string => `${cells.map(cell).join(',')}\r\n`

// What was added up in binary is not shown as such: 0.012, not 0.011999999999999999.
const toMillionths = (amount: number): number => Number(amount.toFixed(6))

type Shown = { owners: boolean; names: boolean }
/** The rows as CSV (RFC 4180), a column for each currency. `owners`: with whose each is; `names`: with their name. */
export function usageCsv(rows: ModelUsage['rows'], { owners, names }: Shown): string {
  const currencies = [...new Set(rows.flatMap(({ cost }) => Object.keys(cost)))].sort()
  const whose = [...(owners ? ['owner'] : []), ...(names ? ['full_name'] : [])]
  const head = ['name', ...whose, 'requests', 'failed', 'input_tokens', 'output_tokens', 'estimated_tokens']
  return [
    line([...head, ...currencies.map((currency) => `cost_${currency}`)]),
    ...rows.map((row) =>
      line([
        row.name,
        ...(owners ? [row.owner ?? ''] : []),
        ...(names ? [row.person?.name ?? ''] : []),
        ...[row.requests, row.failed, row.inputTokens, row.outputTokens, row.estimatedTokens],
        ...currencies.map((currency) => toMillionths(row.cost[currency] ?? 0)),
      ]),
    ),
  ].join('')
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
