// Colours and the like (ECMA-48): control sequences, strings of the system, and escapes of two characters.
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001b-\u001f\u007f]/g

/** What a program wrote to a terminal, as plain text: without colours and cursor movements, a line that was written over as it ended. */
export function plainText(raw: string): string {
  const text = raw.replace(escapes, '').replace(/\r+\n/g, '\n')
  return (text.includes('\r') ? text.split('\n').map(lastWritten).join('\n') : text).replace(controls, '')
}

/** Progress bars go back to the beginning of the line and write over what stands there. */
function lastWritten(line: string): string {
  const parts = line.split('\r').filter((part) => part !== '')
  return parts.at(-1) ?? ''
}
