import { type Admission, authorityOf } from './gate.ts'
import { namedInConnection } from './request-head.ts'

const ours = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['proxy-authenticate', 'proxy-authorization'],
  // Both reach beyond the workspace's own origin: cookies of the whole site, another address for this one.
  ...['clear-site-data', 'alt-svc'],
])

/**
 * The headers of an answer on their way to the browser, flat. What an upstream says about itself becomes what the browser
 * has it under; it sets no cookie but on its own origin, and none by a name of ours.
 */
export function responseHeaders(raw: string[], admission: Admission, ownCookies: readonly string[]): string[] {
  let named: Set<string> | null = null
  let policy = false
  const kept: string[] = []
  for (let at = 0; at < raw.length; at += 2) {
    if ((raw[at] as string).toLowerCase() === 'connection') {
      for (const token of namedInConnection(raw[at + 1]) ?? []) named = (named ?? new Set<string>()).add(token)
    }
  }
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string
    const plain = name.toLowerCase()
    // The length was read already; named in Connection, it still says where the answer ends.
    if (ours.has(plain) || (named?.has(plain) === true && plain !== 'content-length')) continue
    let value = raw[at + 1] as string
    if (plain === 'set-cookie') {
      const cookie = cookieToBrowser(value, ownCookies)
      if (cookie === null) continue
      value = cookie
    } else if (plain === 'location') value = locationToBrowser(value, admission)
    else if (plain === 'referrer-policy') policy = true
    kept.push(name, value)
  }
  kept.push('Content-Security-Policy', "frame-ancestors 'self'")
  // Not `no-referrer`: under it a page's own forms post with the origin `null`.
  if (!policy) kept.push('Referrer-Policy', 'same-origin')
  return kept
}

/** A Set-Cookie without its Domain; null for one by a name of ours, also where that is hidden in a cookie without a name. */
export function cookieToBrowser(cookie: string, own: readonly string[]): string | null {
  const name = /^[\s=]*([^=;]*)/.exec(cookie)?.[1]?.trim() ?? ''
  if (own.includes(name)) return null
  if (!/domain/i.test(cookie)) return cookie
  return cookie
    .split(';')
    .filter((part, at) => at === 0 || part.split('=', 1)[0]?.trim().toLowerCase() !== 'domain')
    .join(';')
}

export function locationToBrowser(location: string, admission: Admission): string {
  const absolute = /^(?:https?:)?\/\/([^/?#\\]*)/i.exec(location)
  if (absolute?.[1]?.toLowerCase() !== authorityOf(admission.upstream).toLowerCase()) return location
  return admission.origin + location.slice(absolute[0].length)
}
