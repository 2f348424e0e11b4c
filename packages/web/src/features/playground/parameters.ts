import type { ChatParameters } from '@tenantry/contract'

/** How many texts an answer may stop at, and how long each may be. */
export const mostStops = 4
export const longestStop = 200

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\' }

/** Stop texts as they are typed: one a line, where `\n` and `\t` stand for a line break and a tab. */
export const stopsOf = (typed: string): string[] =>
  typed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\\([ntr\\])/g, (_, name: string) => escapes[name] ?? ''))
export const typedOf = (stops: string[] = []): string =>
  stops
    .map((stop) => stop.replace(/[\\\n\t\r]/g, (char) => `\\${{ '\n': 'n', '\t': 't', '\r': 'r' }[char] ?? char}`))
    .join('\n')

/** Leaves out what is left to the model. */
export function set<Name extends keyof ChatParameters>(
  parameters: ChatParameters,
  name: Name,
  value: ChatParameters[Name] | undefined,
): ChatParameters {
  const { [name]: _, ...rest } = parameters
  const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  return empty ? rest : { ...rest, [name]: value }
}

export type Wrong = Partial<Record<keyof ChatParameters, 'tooLong' | 'beyondContext' | 'tooMany' | 'stopTooLong'>>

/** What cannot be sent, by parameter. Lengths in characters, `contextLength` in tokens. */
export function wrongWith(
  { system = '', max_tokens = 0, stop = [] }: ChatParameters,
  contextLength: number | null,
): Wrong {
  return {
    ...(system.length > 100_000 && { system: 'tooLong' as const }),
    ...(contextLength !== null && max_tokens > contextLength && { max_tokens: 'beyondContext' as const }),
    ...(stop.length > mostStops
      ? { stop: 'tooMany' as const }
      : stop.some((one) => one.length > longestStop) && { stop: 'stopTooLong' as const }),
  }
}

/** How many parameters are given. */
export const countOf = (parameters: ChatParameters): number => Object.keys(parameters).length
