import { type IncomingMessage, validateHeaderName, validateHeaderValue } from 'node:http'
import { type Admission, authorityOf } from './gate.ts'

export type HeadOptions = {
  /** Cookies of this house, which never leave it. */
  ownCookies: readonly string[]
  /** Whether whoever connects here may say for whom: X-Forwarded-For. */
  trustForwarded: boolean
}

// Of one connection (RFC 9110 7.6.1), or said anew here.
const ours = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['http2-settings', 'proxy-authenticate', 'proxy-authorization', 'authorization', 'host', 'content-length'],
  ...['expect', 'forwarded', 'x-real-ip', 'origin', 'referer', 'cookie'],
])

/** Some programs read `_` as `-`: what is not let through under one spelling is not under the other. */
const plainly = (name: string) => name.toLowerCase().replaceAll('_', '-')

/** How the body comes, as Node's parser has read it: it refuses both lengths at once, and two of either. */
export type Body = 'none' | 'chunked' | 'length'
export function bodyOf({ headers }: IncomingMessage): Body {
  if (headers['transfer-encoding'] !== undefined) return 'chunked'
  return headers['content-length'] === undefined || headers['content-length'] === '0' ? 'none' : 'length'
}

/** Why a request cannot be passed on without two readings of it, or null. */
export function ambiguity(request: IncomingMessage): 'malformed' | 'method' | null {
  const { method, url, headers, rawHeaders } = request
  // TRACE would show the browser what is set on the way there.
  if (method === 'TRACE' || method === 'CONNECT') return 'method'
  if (!url?.startsWith('/')) return 'malformed'
  const coding = headers['transfer-encoding']
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || headers['content-length'] !== undefined)) {
    return 'malformed'
  }
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  return hosts === 1 ? null : 'malformed'
}

/** The head of a request on its way to the upstream, as bytes of latin-1. `upgrade` asks for a websocket. */
export function requestHead(
  request: IncomingMessage,
  admission: Admission,
  options: HeadOptions,
  upgrade: boolean,
): string {
  const { method, url, headers, rawHeaders } = request
  const authority = authorityOf(admission.upstream)
  const named = namedInConnection(headers.connection)
  const set = Object.keys(admission.headers).map(plainly)
  let head = `${method} ${url} HTTP/1.1\r\nHost: ${authority}\r\n`
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    const plain = plainly(name)
    if (ours.has(plain) || plain.startsWith('x-forwarded-') || set.includes(plain)) continue
    if (named?.has(plain)) continue
    head += `${name}: ${rawHeaders[at + 1]}\r\n`
  }
  const cookie = headers.cookie === undefined ? '' : withoutOwn(headers.cookie, options.ownCookies)
  if (cookie !== '' && !set.includes('cookie')) head += `Cookie: ${cookie}\r\n`
  const { origin, referer } = headers
  if (origin !== undefined && !set.includes('origin'))
    head += `Origin: ${origin === admission.origin ? `http://${authority}` : origin}\r\n`
  if (referer !== undefined && !set.includes('referer'))
    head += `Referer: ${rebased(referer, admission.origin, `http://${authority}`)}\r\n`
  head += forwarded(request, admission.origin, options.trustForwarded)
  for (const name in admission.headers) {
    const value = admission.headers[name] as string
    validateHeaderName(name)
    validateHeaderValue(name, value)
    head += `${name}: ${value}\r\n`
  }
  if (upgrade) return `${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
  const body = bodyOf(request)
  if (body === 'chunked') head += 'Transfer-Encoding: chunked\r\n'
  else if (headers['content-length'] !== undefined) head += `Content-Length: ${headers['content-length']}\r\n`
  return `${head}\r\n`
}

/** Names in a Connection header, in lower case; null where there is none but the usual. */
export function namedInConnection(value: string | undefined): Set<string> | null {
  if (value === undefined || value === 'keep-alive' || value === 'close' || value === 'Upgrade') return null
  return new Set(value.split(',').map((token) => plainly(token.trim())))
}

/** A Cookie header without the pairs of these names. */
export function withoutOwn(cookie: string, own: readonly string[]): string {
  if (!own.some((name) => cookie.includes(name))) return cookie
  return cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !own.includes(pair.split('=', 1)[0]?.trim() ?? ''))
    .join('; ')
}

const rebased = (address: string, from: string, to: string): string =>
  address === from || address.startsWith(`${from}/`) ? to + address.slice(from.length) : address

function forwarded({ headers, socket }: IncomingMessage, origin: string, trusted: boolean): string {
  const address = (socket.remoteAddress ?? '').replace('::ffff:', '')
  const before = trusted ? headers['x-forwarded-for'] : undefined
  const end = origin.indexOf('://')
  const [scheme, host] = [origin.slice(0, end), origin.slice(end + 3)]
  return `X-Forwarded-For: ${before === undefined ? address : `${before}, ${address}`}\r\nX-Forwarded-Proto: ${scheme}\r\nX-Forwarded-Host: ${host}\r\n`
}
