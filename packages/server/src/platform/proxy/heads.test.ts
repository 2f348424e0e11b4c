import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isCrossSite } from './cross-site.ts'
import type { Admission } from './gate.ts'
import { ambiguity, requestHead, withoutOwn } from './request-head.ts'
import { cookieToBrowser, locationToBrowser, responseHeaders } from './response-head.ts'

const own = ['tenantry', '__Host-tenantry']
const admission = (headers: Record<string, string> = {}): Admission => ({
  upstream: { host: '10.0.0.5', port: 8888 },
  headers,
  tag: { workspaceId: 'w', userId: 'u', sessionId: 's' },
  origin: 'https://ws-a.example.org',
  used() {},
})

/** As node:http would have read it. */
function asked(raw: [string, string][], method = 'GET', url = '/a?b'): IncomingMessage {
  const headers: Record<string, string> = {}
  for (const [name, value] of raw) {
    const plain = name.toLowerCase()
    const joint = plain === 'cookie' ? '; ' : ', '
    headers[plain] = plain in headers ? `${headers[plain]}${joint}${value}` : value
  }
  const socket = { remoteAddress: '::ffff:192.0.2.7' }
  return { method, url, headers, rawHeaders: raw.flat(), socket } as unknown as IncomingMessage
}
const options = { ownCookies: own, trustForwarded: false }
const linesOf = (head: string) => head.split('\r\n').slice(0, -2)
const headOf = (raw: [string, string][], set = {}, given = options) =>
  linesOf(requestHead(asked(raw), admission(set), given, false))
const usual: [string, string] = ['Host', 'ws-a.example.org']

test('the upstream sees itself as the host, and the browser’s own address as its own', () => {
  expect(
    headOf([
      usual,
      ['Origin', 'https://ws-a.example.org'],
      ['Referer', 'https://ws-a.example.org/lab?x=1'],
      ['Accept', 'text/html'],
    ]),
  ).toEqual([
    'GET /a?b HTTP/1.1',
    'Host: 10.0.0.5:8888',
    'Accept: text/html',
    'Origin: http://10.0.0.5:8888',
    'Referer: http://10.0.0.5:8888/lab?x=1',
    'X-Forwarded-For: 192.0.2.7',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: ws-a.example.org',
  ])
})

test('another site’s referer, and one that only begins like ours, stay what they are', () => {
  const referer = 'https://ws-a.example.org.evil.test/'
  expect(headOf([usual, ['Referer', referer]])).toContain(`Referer: ${referer}`)
})

test('what the gate sets stands over what the browser sent, in whatever spelling', () => {
  const lines = headOf([usual, ['Authorization', 'Bearer mine'], ['X-User', 'eve'], ['x_user', 'eve']], {
    Authorization: 'token ours',
    'X-User': 'ada',
  })
  expect(lines.filter((line) => /auth|user/i.test(line))).toEqual(['Authorization: token ours', 'X-User: ada'])
})

test('what the gate sets cannot end the line', () => {
  expect(() => headOf([usual], { 'X-User': 'ada\r\nX-Admin: yes' })).toThrow(/Invalid character/)
  expect(() => headOf([usual], { 'X-User: a\r\nb': 'ada' })).toThrow(/header name/i)
})

test('the browser cannot say for whom it asks, unless a proxy in front is trusted', () => {
  const raw: [string, string][] = [
    usual,
    ['X-Forwarded-For', '203.0.113.9'],
    ['X-Forwarded-Proto', 'gopher'],
    ['X_Forwarded_Host', 'evil.test'],
    ['Forwarded', 'for=203.0.113.9'],
    ['X-Real-IP', '203.0.113.9'],
  ]
  expect(headOf(raw).filter((line) => /203\.0|gopher|evil/.test(line))).toEqual([])
  expect(
    headOf(raw, {}, { ...options, trustForwarded: true }).filter((line) => /203\.0|gopher|evil/.test(line)),
  ).toEqual(['X-Forwarded-For: 203.0.113.9, 192.0.2.7'])
})

test('cookies of ours stay here, those of the notebook go on', () => {
  expect(withoutOwn('a=1; tenantry=secret; b=2; __Host-tenantry=secret', own)).toBe('a=1; b=2')
  expect(withoutOwn('tenantry=secret', own)).toBe('')
  expect(withoutOwn('tenantry-theme=dark;  tenantry =x;x=tenantry', own)).toBe('tenantry-theme=dark; x=tenantry')
  expect(headOf([usual, ['Cookie', 'tenantry=secret'], ['Cookie', '_xsrf=2']])).toContain('Cookie: _xsrf=2')
})

test('a length named in Connection still frames the body, as it was read', () => {
  const raw: [string, string][] = [
    usual,
    ['Connection', 'close, Content-Length, X-Mine'],
    ['Content-Length', '5'],
    ['X-Mine', '1'],
  ]
  const lines = linesOf(requestHead(asked(raw, 'POST'), admission(), options, false))
  expect(lines.filter((line) => /length|mine|connection/i.test(line))).toEqual(['Content-Length: 5'])
})

test('a request that can be read in two ways is not passed on', () => {
  const coded = (coding: string) => asked([usual, ['Transfer-Encoding', coding]], 'POST')
  expect(ambiguity(coded('chunked'))).toBeNull()
  expect(ambiguity(coded('Chunked'))).toBeNull()
  for (const coding of ['gzip, chunked', 'chunked, chunked', 'identity', 'xchunked']) {
    expect(ambiguity(coded(coding)), coding).toBe('malformed')
  }
  expect(ambiguity(asked([usual, ['Transfer-Encoding', 'chunked'], ['Content-Length', '4']], 'POST'))).toBe('malformed')
  expect(ambiguity(asked([usual, ['host', 'ws-b.example.org']]))).toBe('malformed')
  expect(ambiguity(asked([]))).toBe('malformed')
  expect(ambiguity(asked([usual], 'GET', 'http://elsewhere.test/'))).toBe('malformed')
  expect(ambiguity(asked([usual], 'OPTIONS', '*'))).toBe('malformed')
  expect(ambiguity(asked([usual], 'TRACE'))).toBe('method')
})

test('whatever headers come: none of one connection passes, every other does, in order, and there is one host and one length', () => {
  const hop = ['Connection', 'Keep-Alive', 'TE', 'Trailer', 'Upgrade', 'Proxy-Authorization', 'Transfer-Encoding']
  const free = ['X-One', 'x-two', 'Accept', 'X-Three', 'ETag', 'Range']
  const name = fc.oneof(
    fc.constantFrom(...hop),
    fc.constantFrom(...free),
    fc.constantFrom('Host', 'Content-Length', 'X-Forwarded-For'),
  )
  const value = fc.oneof(
    fc.constantFrom('x-one', 'close, X-Three', 'chunked', '7', 'keep-alive, host, content-length'),
    fc.string({ maxLength: 20 }).map((text) => text.replace(/[^\x21-\x7e]/g, '')),
  )
  const seen = { dropped: 0, kept: 0 }
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), (raw) => {
      const request = asked(raw, 'POST')
      const named = new Set((request.headers.connection ?? '').split(',').map((token) => token.trim().toLowerCase()))
      const expected = raw.filter(([each]) => free.includes(each) && !named.has(each.toLowerCase()))
      const lines = linesOf(requestHead(request, admission(), options, false)).slice(1)
      seen.dropped += raw.length - expected.length
      seen.kept += expected.length
      const passed = lines.filter((line) => free.some((each) => line.startsWith(`${each}:`)))
      expect(passed).toEqual(expected.map(([each, text]) => `${each}: ${text}`))
      expect(lines.filter((line) => /^host:/i.test(line))).toEqual(['Host: 10.0.0.5:8888'])
      expect(lines.filter((line) => /^(content-length|transfer-encoding):/i.test(line)).length).toBeLessThanOrEqual(1)
      expect(
        lines.filter((line) => /^(connection|keep-alive|te|trailer|upgrade|proxy-authorization):/i.test(line)),
      ).toEqual([])
    }),
    { numRuns: 1_000 },
  )
  expect(seen.dropped).toBeGreaterThan(100)
  expect(seen.kept).toBeGreaterThan(100)
})

const answered = (raw: string[]) => {
  const flat = responseHeaders(raw, admission(), own)
  return Array.from({ length: flat.length / 2 }, (_, at) => `${flat[2 * at]}: ${flat[2 * at + 1]}`)
}
const added = ["Content-Security-Policy: frame-ancestors 'self'", 'Referrer-Policy: same-origin']

test('the answer loses what is of one connection, and what reaches beyond its own origin', () => {
  expect(
    answered([
      ...[
        'Connection',
        'keep-alive, X-Hop, Content-Length',
        'Keep-Alive',
        'timeout=5',
        'X-Hop',
        '1',
        'Content-Length',
        '3',
      ],
      ...[
        'Set-Cookie',
        'tenantry=evil',
        'Alt-Svc',
        'h3=":443"',
        'Clear-Site-Data',
        '"cookies"',
        'Strict-Transport-Security',
        'max-age=1',
        'X-Kept',
        'yes',
      ],
    ]),
  ).toEqual(['Content-Length: 3', 'Strict-Transport-Security: max-age=1', 'X-Kept: yes', ...added])
})

test('a policy of the upstream’s own is kept, ours comes on top', () => {
  const policies = ['Content-Security-Policy', "default-src 'self'", 'Referrer-Policy', 'no-referrer']
  expect(answered(policies)).toEqual([
    "Content-Security-Policy: default-src 'self'",
    'Referrer-Policy: no-referrer',
    added[0],
  ])
})

test('a cookie is set on the workspace’s own origin alone, and none by a name of ours', () => {
  expect(cookieToBrowser('_xsrf=2; Path=/; Domain=.example.org; HttpOnly', own)).toBe('_xsrf=2; Path=/; HttpOnly')
  expect(cookieToBrowser('a=domain=b;DOMAIN=x', own)).toBe('a=domain=b')
  for (const cookie of [
    'tenantry=evil',
    ' tenantry =evil; Path=/',
    '=tenantry=evil',
    'tenantry',
    '__Host-tenantry=evil; Secure',
  ]) {
    expect(cookieToBrowser(cookie, own), cookie).toBeNull()
  }
  expect(cookieToBrowser('tenantry-theme=dark', own)).toBe('tenantry-theme=dark')
})

test('a redirect to the upstream’s own address leads to the workspace, every other one where it says', () => {
  const to = (location: string) => locationToBrowser(location, admission())
  expect(to('http://10.0.0.5:8888/lab?x')).toBe('https://ws-a.example.org/lab?x')
  expect(to('//10.0.0.5:8888')).toBe('https://ws-a.example.org')
  for (const other of [
    '/lab',
    'http://10.0.0.5:88881/',
    'http://10.0.0.5:8888.evil.test/',
    'https://example.org/a',
    'lab',
  ]) {
    expect(to(other)).toBe(other)
  }
})

const origin = 'https://ws-a.example.org'
test.each([
  // method, headers, websocket, refused
  ['GET', {}, false, false],
  ['GET', { 'sec-fetch-site': 'same-origin' }, false, false],
  ['GET', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, false, false],
  ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, false, false],
  ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, false, true],
  ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }, false, true],
  // The workspace next door is of the same site.
  ['GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, false, true],
  ['GET', { origin: 'https://ws-b.example.org' }, false, true],
  ['GET', { origin: 'null' }, false, true],
  ['HEAD', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }, false, true],
  ['POST', { origin }, false, false],
  ['POST', { 'sec-fetch-site': 'same-origin' }, false, false],
  ['POST', { origin: 'null', 'sec-fetch-site': 'same-origin' }, false, false],
  ['POST', { origin, 'sec-fetch-site': 'cross-site' }, false, true],
  ['POST', { origin: 'null' }, false, true],
  ['POST', {}, false, true],
  ['POST', { origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' }, false, true],
  ['POST', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, false, true],
  ['DELETE', { 'sec-fetch-site': 'same-site' }, false, true],
  ['OPTIONS', { origin: 'https://evil.test' }, false, true],
  ['GET', { origin }, true, false],
  ['GET', { 'sec-fetch-site': 'same-origin' }, true, false],
  ['GET', { origin: 'https://ws-b.example.org' }, true, true],
  ['GET', {}, true, true],
  ['GET', { 'sec-fetch-site': 'none' }, true, true],
])('%s with %o, websocket %s: refused %s', (method, headers, upgrade, refused) => {
  expect(isCrossSite(method, headers, origin, upgrade)).toBe(refused)
})
