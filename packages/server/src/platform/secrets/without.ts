/** Never in what people read, whoever wrote it there; nor as JSON writes it. */
export function without(secret: string | null, text: string): string {
  if (secret === null || secret === '') return text
  return text.replaceAll(secret, '…').replaceAll(JSON.stringify(secret).slice(1, -1), '…')
}
