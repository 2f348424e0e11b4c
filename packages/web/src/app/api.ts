import { routes } from 'virtual:routes'
import type * as contract from '@tenantry/contract'
import type { AnswerOf, BodyInputOf, ParamsOf, Problem, QueryInputOf, RouteSpec } from '@tenantry/contract'

type Contract = typeof contract
export type Operation = {
  [K in keyof Contract]: Contract[K] extends { operation: string; answers: object } ? K : never
}[keyof Contract]
type SpecOf<O extends Operation> = Contract[O] extends RouteSpec ? Contract[O] : never

type Given<Value, Name extends string> = Value extends undefined ? { [N in Name]?: undefined } : { [N in Name]: Value }
type Ask<O extends Operation> = Given<ParamsOf<SpecOf<O>>, 'params'> &
  Given<BodyInputOf<SpecOf<O>>, 'body'> & {
    query?: QueryInputOf<SpecOf<O>>
    /** The version that is changed. */
    ifMatch?: number | '*'
    signal?: AbortSignal
  }

/** A refusal of the server, or that there was no answer at all (`unreachable`). */
export class ApiProblem extends Error {
  readonly problem: Problem
  readonly requestId: string | null
  constructor(problem: Problem, requestId: string | null) {
    super(problem.detail ?? problem.title)
    this.problem = problem
    this.requestId = requestId
  }
  get code(): string {
    return this.problem.code
  }
}

/** Calls one route of the contract. Throws ApiProblem. */
export async function api<O extends Operation>(operation: O, ask: Ask<O>): Promise<AnswerOf<SpecOf<O>>> {
  const { params, query, body, ifMatch, signal } = ask as {
    params?: Record<string, string>
    query?: Record<string, string | number | undefined>
    body?: unknown
    ifMatch?: number | '*'
    signal?: AbortSignal
  }
  const [method, path] = routes[operation] as [string, string]
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = typeof body === 'string' ? 'text/csv' : 'application/json'
  if (ifMatch !== undefined) headers['if-match'] = ifMatch === '*' ? '*' : `"${ifMatch}"`
  if (method === 'POST') headers['idempotency-key'] = randomKey()
  const response = await fetch(urlOf(path, params, query), {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: Error) => {
    if (error.name === 'AbortError') throw error
    throw new ApiProblem(
      { type: '/problems/unreachable', code: 'unreachable', title: 'The server does not answer', status: 0 },
      null,
    )
  })
  const requestId = response.headers.get('x-request-id')
  if (!response.ok) throw new ApiProblem(await problemOf(response), requestId)
  return (response.status === 204 ? undefined : await response.json()) as AnswerOf<SpecOf<O>>
}

/** The address of a route, for links and downloads. */
export function addressOf<O extends Operation>(
  operation: O,
  query?: QueryInputOf<SpecOf<O>>,
  params?: ParamsOf<SpecOf<O>>,
): string {
  const [, path] = routes[operation] as [string, string]
  return urlOf(path, params as Record<string, string> | undefined, query as Record<string, string>)
}

function urlOf(
  path: string,
  params: Record<string, string> = {},
  query: Record<string, string | number | undefined> = {},
): string {
  const filled = path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(params[name] ?? ''))
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return search ? `${filled}?${search}` : filled
}

async function problemOf(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => null)
  if (body && typeof body.code === 'string') return body
  return {
    type: '/problems/unreachable',
    code: 'unreachable',
    title: `The server answered ${response.status}`,
    status: response.status,
  }
}

// crypto.randomUUID is for secure origins only; this works on any.
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
