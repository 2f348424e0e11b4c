import type { Http } from '../http.ts'
import { openHttp } from '../http.ts'
import { bodyOf, openKeystone } from '../keystone/index.ts'
import { EngineError, type Opening } from '../port.ts'
import { shaped } from '../shape.ts'
import { ApiVersion, type Server, ServerPage } from './objects.ts'

/** The first microversion in which a server shows its flavor rather than the way to it. */
export const microversion = '2.47'

export type Sent = { status: number; project: string; body: unknown }

/** Nova, project by project. `path` is from the endpoint on. Errors: `EngineError`. */
export type Nova = {
  identity(signal: AbortSignal): Promise<string>
  /** What it speaks at most, asked in a project; null where it does not say. */
  version(project: string, signal: AbortSignal): Promise<string | null>
  /** `project` is the id of the project, by whatever it was asked for. */
  send(project: string, path: string, signal: AbortSignal, body?: unknown): Promise<Sent>
  servers(project: string, signal: AbortSignal): Promise<Server[]>
  close(): void
}

export const projectOf = (server: Server) => server.tenant_id ?? server.project_id

const mostPages = 1000

/** `http` is of the address that was given; the catalog's goes before it, and must be permitted like any other. */
export function openNovaClient(opening: Opening, http: Http, now?: () => number): Nova {
  const keystone = openKeystone(opening, now)
  const opened = new Map<string, Http>()

  const computeAt = (address: string | null): Http => {
    if (address === null || address === opening.address) {
      if (opening.address === null) throw new EngineError('refused', 'The catalog does not say where Nova is.')
      return http
    }
    const there = opened.get(address) ?? openHttp(address, opening.ca, opening.allowed)
    opened.set(address, there)
    return there
  }

  const ask = async (project: string, path: string, signal: AbortSignal, body?: unknown) => {
    for (let again = false; ; again = true) {
      const session = await keystone.session(project, signal)
      const answer = await computeAt(session.compute).ask(path, {
        method: body === undefined ? 'GET' : 'POST',
        body,
        signal,
        headers: {
          'x-auth-token': session.token,
          'openstack-api-version': `compute ${microversion}`,
          'x-openstack-nova-api-version': microversion,
        },
      })
      // A token that was revoked before its time is worth one other.
      if (answer.status !== 401 || again) return { answer, id: session.project }
      keystone.forget(project, session)
    }
  }

  const send: Nova['send'] = async (project, path, signal, body) => {
    const { answer, id } = await ask(project, path, signal, body)
    return { status: answer.status, project: id, body: answer.status === 404 ? null : bodyOf(answer) }
  }

  return {
    identity: (signal) => keystone.version(signal),
    async version(project, signal) {
      const { body } = await send(project, '/', signal)
      const read = ApiVersion.safeParse(body)
      return read.success ? read.data.version.version : null
    },
    send,
    async servers(project, signal) {
      const found: Server[] = []
      let marker: string | null = null
      for (let page = 0; page < mostPages; page++) {
        const query: string = marker === null ? '' : `&marker=${encodeURIComponent(marker)}`
        const { status, body, project: id } = await send(project, `/servers/detail?limit=500${query}`, signal)
        if (status === 404) throw new EngineError('not_found', 'There is no Nova at its address.')
        const { servers, servers_links } = shaped(ServerPage, body, 'servers')
        // Asked in the project, and looked at once more: a policy may show an administrator's token more than that.
        found.push(...servers.filter((server) => projectOf(server) === id))
        const last: string | null = servers.at(-1)?.id ?? null
        if (!servers_links.some(({ rel }) => rel === 'next') || last === null || last === marker) return found
        marker = last
      }
      throw new EngineError('garbage', 'Its list of servers has no end.')
    },
    close() {
      keystone.close()
      http.close()
      for (const each of opened.values()) each.close()
    },
  }
}
