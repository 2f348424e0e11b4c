import type { BodyInputOf, ParamsOf, QueryInputOf, Route, RouteSpec } from '@tenantry/contract'
import * as contract from '@tenantry/contract'
import type { FastifyInstance } from 'fastify'
import type { Person } from './house.ts'

type Ask<Spec extends RouteSpec> = {
  params?: Record<string, string> | ParamsOf<Spec>
  query?: QueryInputOf<Spec> | Record<string, string | number>
  body?: BodyInputOf<Spec> | unknown
  headers?: Record<string, string>
}
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the server answered
type Json = any
export type Answer = {
  status: number
  body: Json
  text: string
  headers: Record<string, string | string[] | number | undefined>
}

/** A browser, as far as the server can tell: it keeps cookies. */
export class Client {
  readonly jar = new Map<string, string>()
  readonly #app: FastifyInstance
  constructor(app: FastifyInstance) {
    this.#app = app
  }

  async ask<Spec extends RouteSpec>(
    route: Route<Spec>,
    { params = {}, query, body, headers = {} }: Ask<Spec> = {},
  ): Promise<Answer> {
    const path = route.path.replace(/:(\w+)/g, (_, name) =>
      encodeURIComponent((params as Record<string, string>)[name] ?? ''),
    )
    const csv = route.body === 'text/csv'
    return this.send(route.method, path, {
      ...(query && { query: query as Record<string, string> }),
      ...(body !== undefined && { payload: csv ? (body as string) : JSON.stringify(body) }),
      headers: { ...(body !== undefined && { 'content-type': csv ? 'text/csv' : 'application/json' }), ...headers },
    })
  }

  async send(
    method: string,
    url: string,
    rest: { query?: Record<string, string>; payload?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const headers = { cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join('; '), ...rest.headers }
    const request = { method: method as 'GET', url, ...rest, headers }
    if (/\/(events|output)$/.test(url) && method === 'GET') return this.#listen(request)
    const response = await this.#app.inject(request)
    for (const cookie of response.cookies) {
      if (cookie.maxAge === 0) this.jar.delete(cookie.name)
      else this.jar.set(cookie.name, cookie.value)
    }
    const json = /json(;|$)/.test(String(response.headers['content-type']))
    return {
      status: response.statusCode,
      body: json ? response.json() : null,
      text: response.body,
      headers: response.headers,
    }
  }

  /** What comes first of an answer that does not end; a refusal does. */
  async #listen(request: { method: 'GET'; url: string; headers: Record<string, string> }): Promise<Answer> {
    const response = await this.#app.inject({ ...request, payloadAsStream: true })
    const stream = response.stream()
    let text = ''
    for await (const chunk of stream) {
      text += chunk
      if (response.statusCode === 200 && text.includes('data:')) break
    }
    stream.destroy()
    const json = /json(;|$)/.test(String(response.headers['content-type']))
    return { status: response.statusCode, body: json ? JSON.parse(text) : null, text, headers: response.headers }
  }

  async signIn(person: Person, password = person.password): Promise<Answer> {
    return this.ask(contract.signIn, {
      body: { organization: person.tenant, usernameOrEmail: person.username, password },
    })
  }

  /** A new browser with what this one knows of the device, but not signed in. */
  sameDevice(): Client {
    const other = new Client(this.#app)
    const device = this.jar.get('tenantry-device')
    if (device) other.jar.set('tenantry-device', device)
    return other
  }
}
