import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether another site made the browser send this. One workspace is another site to the next, though browsers call both
 * the same site: only the same origin counts. Going somewhere as a page (not into a frame) is anybody's to cause.
 */
export function isCrossSite(
  method: string | undefined,
  headers: IncomingHttpHeaders,
  own: string,
  upgrade: boolean,
): boolean {
  const { origin, 'sec-fetch-site': site } = headers
  // A page under `no-referrer` posts to itself with the origin `null`; the browser still says that it is the same.
  const opaque = origin === undefined || origin === 'null'
  if (!opaque && origin !== own) return true
  if (upgrade || (method !== 'GET' && method !== 'HEAD')) {
    return opaque ? site !== 'same-origin' : site !== undefined && site !== 'same-origin'
  }
  if (site === undefined || site === 'same-origin' || site === 'none') return origin === 'null' && site === undefined
  return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document'
}
