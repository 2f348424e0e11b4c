import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Garbage, type Listener, ResponseReader } from './response-reader.ts'

// One for all pieces, as the connections have it.
const memory = Buffer.alloc(200_000)

/** What a reader tells about these pieces, one line a thing; pieces of a body are put together. */
function read(pieces: Buffer[], { method = 'GET', close = false } = {}): string[] {
  const told: string[] = []
  let body = ''
  const listener: Listener = {
    head: ({ status, reason, headers }) => told.push(`${status} ${reason} ${headers.join('|')}`),
    body(piece, last) {
      body += piece.toString('latin1')
      if (last) told.push('last')
    },
    end(reusable) {
      told.push(`body ${body}`, `end ${reusable}`)
    },
    switched: ({ status }, rest) => told.push(`switched ${status} ${rest}`),
  }
  const reader = new ResponseReader()
  reader.begin(listener, method)
  try {
    for (const piece of pieces) {
      piece.copy(memory)
      reader.feed(memory.subarray(0, piece.length))
    }
    if (close) reader.finish()
  } catch (error) {
    if (!(error instanceof Garbage)) throw error
    told.push('garbage')
  }
  return told
}
const whole = (text: string, options = {}) => read([Buffer.from(text, 'latin1')], options)
const start = 'HTTP/1.1 200 OK\r\n'

test('an answer of known length', () => {
  expect(whole(`${start}Content-Length: 5\r\nX:  a b \t\r\n\r\nhello`)).toEqual([
    '200 OK Content-Length|5|X|a b',
    'last',
    'body hello',
    'end true',
  ])
})

test('an answer in chunks, with extensions and trailers, which are left out', () => {
  const text = `${start}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1 \r\n!\r\n0\r\nX-Trailer: 1\r\n\r\n`
  expect(whole(text).slice(1)).toEqual(['body hello!', 'end true'])
})

test('an answer that lasts until its connection is closed', () => {
  expect(whole(`${start}\r\nhello`, { close: true }).slice(1)).toEqual(['body hello', 'end false'])
  expect(whole('HTTP/1.0 200\r\n\r\nhello', { close: true })).toEqual(['200  ', 'body hello', 'end false'])
})

test('answers without a body: to HEAD, 204, 304, and of length 0', () => {
  expect(whole(`${start}Content-Length: 5\r\n\r\n`, { method: 'HEAD' }).slice(1)).toEqual(['body ', 'end true'])
  expect(whole('HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n').slice(1)).toEqual(['body ', 'end true'])
  expect(whole('HTTP/1.1 204 x\r\n\r\n').slice(1)).toEqual(['body ', 'end true'])
  expect(whole(`${start}Content-Length: 0\r\n\r\n`).slice(1)).toEqual(['body ', 'end true'])
})

test('words in between come first, a switch is the last word', () => {
  expect(whole(`HTTP/1.1 100 Continue\r\n\r\n${start}Content-Length: 1\r\n\r\nx`)).toEqual([
    '100 Continue ',
    '200 OK Content-Length|1',
    'last',
    'body x',
    'end true',
  ])
  expect(whole('HTTP/1.1 101 y\r\nUpgrade: websocket\r\n\r\nmore')).toEqual(['switched 101 more'])
})

test('a connection on which more came, or that says so, is not used again', () => {
  expect(whole(`${start}Content-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n`).at(-1)).toBe('end false')
  expect(whole('HTTP/1.1 204 x\r\n\r\nHTTP').at(-1)).toBe('end false')
  expect(whole(`${start}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP`).at(-1)).toBe('end false')
  expect(whole(`${start}Connection: Keep-Alive, Close\r\nContent-Length: 0\r\n\r\n`).at(-1)).toBe('end false')
  expect(whole('HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n').at(-1)).toBe('end false')
})

test.each([
  ['two lengths', `${start}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
  ['a list of lengths', `${start}Content-Length: 5, 5\r\n\r\nhello`],
  ['a length with a sign', `${start}Content-Length: +5\r\n\r\nhello`],
  ['a length and chunks', `${start}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['a coding that is not chunked', `${start}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['two codings', `${start}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a folded header', `${start}X: a\r\n b\r\n\r\n`],
  ['a space before the colon', `${start}Content-Length : 5\r\n\r\nhello`],
  ['a header without a name', `${start}: 5\r\n\r\n`],
  ['a bare LF', `${start}X: a\nY: b\r\n\r\n`],
  ['a bare CR', `${start}X: a\rY: b\r\n\r\n`],
  ['a NUL', `${start}X: a\0\r\n\r\n`],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a chunk without a size', `${start}Transfer-Encoding: chunked\r\n\r\n\r\n`],
  ['a chunk of a negative size', `${start}Transfer-Encoding: chunked\r\n\r\n-1\r\n`],
  ['a chunk longer than it said', `${start}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`],
  ['a size that is too large', `${start}Transfer-Encoding: chunked\r\n\r\nfffffffffffff\r\n`],
  ['a word in between with a body', 'HTTP/1.1 103 x\r\nContent-Length: 3\r\n\r\nabc'],
  ['a head without an end', `${start}X: ${'a'.repeat(70_000)}`],
  ['a line without an end', `${start}Transfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(5_000)}`],
  [
    'trailers without an end',
    `${start}Transfer-Encoding: chunked\r\n\r\n0\r\n${'X: aaaaaaaaaaaaaaaa\r\n'.repeat(5_000)}`,
  ],
])('garbage: %s', (_what, text) => {
  expect(whole(text).at(-1)).toBe('garbage')
})

test('an answer that is broken off is garbage, at whatever byte', () => {
  const text = `${start}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`
  for (let end = 0; end < text.length; end += 1) {
    expect(whole(text.slice(0, end), { close: true }).at(-1), `after ${end} bytes`).toBe('garbage')
  }
  expect(whole(text, { close: true }).at(-1)).toBe('end true')
})

test('however an answer is cut into pieces, the same is told', () => {
  const answers = [
    `${start}Content-Length: 12\r\nX-A: b\r\n\r\nhello, world`,
    `${start}Transfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n7\r\n, \r\nwor\r\n2\r\nld\r\n0\r\nX: y\r\n\r\n`,
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n${start}Content-Length: 2\r\n\r\nok`,
    'HTTP/1.1 204 No Content\r\nA: b\r\n\r\n',
    `${start}Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n`,
  ]
  fc.assert(
    fc.property(fc.constantFrom(...answers), fc.array(fc.nat(200), { maxLength: 30 }), (text, cuts) => {
      const at = [0, ...[...new Set(cuts)].filter((cut) => cut < text.length).sort((a, b) => a - b), text.length]
      const pieces = at.slice(1).map((end, index) => Buffer.from(text.slice(at[index], end), 'latin1'))
      expect(read(pieces)).toEqual(whole(text))
    }),
    { numRuns: 500 },
  )
})
