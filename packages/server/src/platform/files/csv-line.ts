/** One line of CSV. A value that a spreadsheet would run as a formula is made text by an apostrophe (OWASP CSV injection). */
export const csvLine = (values: string[]): string => `${values.map(csvValue).join(',')}\r\n`

function csvValue(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
