/**
 * What is wrong with a field, as it is read below it: the server says it to go on from the name of the field, `must not be
 * empty`. A name that it begins with, such as of a host, stays as it is written.
 */
export function asSentence(wrong: string): string {
  const first = /^(?:[a-z]+|lower-case)(?=[\s,:]|$)/.test(wrong)
  return ended(first ? wrong.charAt(0).toUpperCase() + wrong.slice(1) : wrong)
}

/** With a full stop, unless it has an end. */
export const ended = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)
