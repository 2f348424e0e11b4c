import type { Http } from '../http.ts'
import { parseJson } from '../http.ts'
import { EngineError } from '../port.ts'
import type { Tokens } from './tokens.ts'
import { textOf } from './values.ts'

/** Interfaces that are spoken, the newest first. slurmrestd 22.05 has 38, 23.11 to 26.05 have 40 to 45. */
export const restVersions = [45, 44, 43, 42, 41, 40, 38] as const
export type RestVersion = (typeof restVersions)[number]

type Ask = {
  method?: string
  body?: unknown
  signal: AbortSignal
  /** Error numbers that are answers; `all`: whatever it says about what was asked. */
  known?: readonly number[] | 'all'
  /** The user it is asked as; missing: the platform's own. */
  as?: string | null
}
/** `text`: as it came, to see whether anything is new. */
export type Answer = {
  status: number
  text: string
  body: Record<string, unknown>
  errors: { number: number; text: string }[]
}

export type Rest = {
  /** The version that both sides speak, looked for once. Errors: `not_found` where there is none. */
  version(signal: AbortSignal): Promise<RestVersion>
  /** Asks of `slurm` or `slurmdb`. Errors: `EngineError` for every refusal that is not `known`. */
  ask(plugin: 'slurm' | 'slurmdb', path: string, ask: Ask): Promise<Answer>
}

/** Bytes of one answer: 50,000 jobs are some 130 MB of it, half as much again where slurmrestd writes it with spaces. */
const longest = 400 * 1024 * 1024

export function openRest(http: Http, tokens: Tokens): Rest {
  let found: RestVersion | null = null

  const version = async (signal: AbortSignal): Promise<RestVersion> => {
    if (found !== null) return found
    for (const candidate of restVersions) {
      const { status, text } = await http.ask(`/slurm/v0.0.${candidate}/ping${candidate > 38 ? '/' : ''}`, {
        headers: await tokens.headers(null, signal),
        signal,
      })
      if (status === 404) continue
      check(status, text, null)
      found = candidate
      return candidate
    }
    throw new EngineError(
      'not_found',
      `It speaks none of the interfaces v0.0.${restVersions.at(-1)} to v0.0.${restVersions[0]}.`,
    )
  }

  const check = (status: number, text: string, person: string | null): void => {
    try {
      refuseBadAnswer(status, text)
    } catch (error) {
      if ((error as EngineError).kind === 'unauthorised') tokens.forget(person)
      throw error
    }
  }

  const askNow: Rest['ask'] = async (plugin, path, { method = 'GET', body, signal, known = [], as = null }) => {
    const { status, text } = await http.ask(`/${plugin}/v0.0.${await version(signal)}${path}`, {
      method,
      body,
      headers: await tokens.headers(as, signal),
      signal,
      most: longest,
    })
    const answer = readAnswer(status, text)
    // What it says of the job, or of how it was asked, is an answer; that it takes no token, or is not there, is none.
    if (known === 'all' && !answer.errors.some(({ number }) => isAboutJobs(number))) check(status, text, as)
    const unknown = known === 'all' ? [] : answer.errors.filter(({ number }) => !known.includes(number))
    if (status >= 200 && status < 300 && unknown.length === 0) return answer
    if (answer.errors.length > 0 && unknown.length === 0) return answer
    // After an upgrade it may speak another.
    if (status === 404) found = null
    check(status, text, as)
    throw refusal(status, unknown[0]?.text ?? '')
  }

  // slurmrestd shares one connection to slurmdbd among requests: what two write there at once, one loses, and both are told
  // that it was done (seen in 22.05).
  let accounting: Promise<unknown> = Promise.resolve()
  return {
    version,
    ask(plugin, path, asked) {
      if (plugin === 'slurm') return askNow(plugin, path, asked)
      const turn = accounting.then(() => askNow(plugin, path, asked))
      accounting = turn.catch(() => {})
      return turn
    },
  }
}

/** slurm_errno.h: of jobs and accounts, and slurmrestd's own of what it was asked. */
const isAboutJobs = (number: number): boolean =>
  (number >= 2000 && number < 3000) || (number >= 9000 && number < 10_000)

function readAnswer(status: number, text: string): Answer {
  if (status === 401 || !text.trimStart().startsWith('{')) {
    if (status < 200 || status > 299) return { status, text, body: {}, errors: [] }
  }
  const body = parseJson<Record<string, unknown>>(text)
  if (typeof body !== 'object' || body === null)
    throw new EngineError('garbage', 'What it answered cannot be understood.')
  const errors = (Array.isArray(body.errors) ? body.errors : []).map((error: Record<string, unknown>) => ({
    number: Number(error.error_number ?? error.error_code ?? -1),
    text: textOf(error.error) || textOf(error.description),
  }))
  return { status, text, body, errors }
}

/** A bad token is 401 with text, or JSON with error 1007, or, in 22.05, 500 with a controller that cannot be asked. */
function refuseBadAnswer(status: number, text: string): void {
  if (
    status === 401 ||
    /"error_number":\s*1007|Authentication does not apply|Authentication failure|Protocol authentication error/.test(
      text,
    )
  ) {
    throw new EngineError('unauthorised', 'It does not take our token: it is wrong or has expired.')
  }
  if (status >= 500 && /config is unable to load|slurm_load_ctl_conf/.test(text)) {
    throw new EngineError('unauthorised', 'Its controller does not answer, or does not take our token.')
  }
  if (status >= 500 && /Unable to contact slurm controller|Connection refused|slurm_load_/.test(text)) {
    throw new EngineError('unreachable', 'slurmrestd answers, its controller does not.')
  }
}

const refusal = (status: number, said: string): EngineError =>
  status === 404
    ? new EngineError('not_found', 'It has no such thing.', { said })
    : new EngineError(status >= 500 ? 'unreachable' : 'refused', `It answered ${status}.`, { said })
