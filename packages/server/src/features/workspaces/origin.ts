import { type Config, isLoopback } from '../../platform/config/config.ts'
import type { Deps } from '../../platform/deps.ts'

/** Where each workspace has an origin of its own: scripts of one reach neither another nor these pages. */
export type Origins = {
  /** `http://ws-….localhost:3000`; null where there is no domain for them. */
  of(name: string): string | null
  /** The workspace that a Host header is of; null for every other. */
  nameIn(host: string | undefined): string | null
  /** Where the pages may post a ticket to, as a source of a Content-Security-Policy; null: nowhere. */
  formAction: string | null
  secure: boolean
}

const nameOfHost = /^(ws-[a-z0-9]{12})\.(.+?)(?::\d{1,5})?$/i

/** Every browser takes `*.localhost` for the machine itself (RFC 6761 6.3): nothing has to be set up for a first look. */
export function openOrigins({ workspaceDomain, publicUrl, host }: Config, deps: Pick<Deps, 'publicUrl'>): Origins {
  const isHere = publicUrl === null ? isLoopback(host) : isLoopback(new URL(publicUrl).hostname)
  const domain = workspaceDomain ?? (isHere ? 'localhost' : null)
  const secure = publicUrl?.startsWith('https:') ?? false
  return {
    of(name) {
      if (domain === null) return null
      const { protocol, port } = new URL(deps.publicUrl)
      return `${protocol}//${name}.${domain}${port === '' ? '' : `:${port}`}`
    },
    nameIn(given) {
      if (domain === null || given === undefined || !given.toLowerCase().startsWith('ws-')) return null
      const [, name, rest] = nameOfHost.exec(given) ?? []
      return rest?.toLowerCase() === domain ? (name as string).toLowerCase() : null
    },
    formAction: domain === null ? null : `${secure ? 'https' : 'http'}://*.${domain}:*`,
    secure,
  }
}
