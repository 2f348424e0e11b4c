import type { Scope } from '@tenantry/contract'
import type { Http } from '../http.ts'
import { type Engine, EngineError, type Opening, type Share } from '../port.ts'
import { shaped } from '../shape.ts'
import { microversion, openNovaClient, projectOf } from './client.ts'
import { OneServer } from './objects.ts'
import { actions, resourceOfServer } from './servers.ts'

/** So many projects are read at once. */
const atOnce = 4

/** The servers of OpenStack projects (Nova 2.47 and later, Keystone v3). Errors: `refused`. */
export function openNova(opening: Opening, http: Http, now?: () => number): Engine {
  const nova = openNovaClient(opening, http, now)
  const project = opening.credential.type === 'keystone' ? opening.credential.project : undefined

  return {
    async probe(signal) {
      const identity = await nova.identity(signal)
      // Without a project of its own there is no token, and Nova is asked with the first part that is a tenant's.
      const version = project === undefined ? null : await nova.version(project, signal)
      return {
        version: version === null ? `Keystone ${identity}` : `Nova ${version}`,
        api: `compute ${microversion}`,
        capabilities: ['power'],
      }
    },

    async snapshot(scopes, signal) {
      const projects = [...new Set(scopes.map(projectIn))]
      const shares = new Map<string, Share>()
      const readers = Array.from({ length: Math.min(atOnce, projects.length) }, async () => {
        for (let next = projects.shift(); next !== undefined; next = projects.shift()) {
          const servers = await nova.servers(next, signal)
          shares.set(next, { resources: servers.map(resourceOfServer), jobs: null })
        }
      })
      await Promise.all(readers)
      return scopes.map((scope) => shares.get(projectIn(scope)) ?? { resources: [], jobs: null })
    },

    async power(scope, { kind, nativeId }, verb, signal) {
      const mine = projectIn(scope)
      const isId = /^[A-Za-z0-9-]{1,64}$/.test(nativeId)
      const found = kind === 'vm' && isId ? await nova.send(mine, `/servers/${nativeId}`, signal) : null
      if (found === null || found.status === 404) throw nothing()
      if (projectOf(shaped(OneServer, found.body, 'a server').server) !== found.project) throw nothing()
      const { status } = await nova.send(mine, `/servers/${nativeId}/action`, signal, actions[verb])
      if (status === 404) throw nothing()
    },

    close: () => nova.close(),
  }
}

const nothing = () => new EngineError('not_found', 'There is no such server.')

function projectIn(scope: Scope): string {
  if (scope.kind !== 'nova') throw new EngineError('refused', 'This part is of another kind of engine.')
  return scope.project
}
