import { once } from 'node:events'
import { request as ask, createServer } from 'node:http'
import { createServer as createNetServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../../../../tests/support/engines.ts'
import { dial, get, host, listening, openProxied, refusal, sendRaw } from '../../../../../tests/support/proxied.ts'

const ended = (end: () => Promise<void>) => onTestFinished(end)

/** An upstream that says these bytes to everybody, whatever it is asked; the sockets it got. */
async function saying(bytes: string, thenEnd = false) {
  const sockets: Socket[] = []
  const server = createNetServer((socket) => {
    sockets.push(socket)
    socket.on('data', () => {
      socket.write(bytes, 'latin1')
      if (thenEnd) socket.end()
    })
  })
  return { port: await listening(server, ended), sockets }
}

test('a request arrives with what the gate sets, and its answer comes back', async () => {
  const { port, used } = await openProxied((request, response) => {
    response.setHeader('Set-Cookie', ['_xsrf=2; Domain=localhost', 'tenantry=evil'])
    response.writeHead(201, 'Made').end(JSON.stringify({ url: request.url, headers: request.headers }))
  }, ended)
  const { status, headers, body } = await get(port, {
    path: '/api/kernels?x=%20',
    headers: { cookie: 'tenantry-workspace=secret; _xsrf=2', authorization: 'Bearer mine' },
  })
  const there = JSON.parse(body)
  expect(status).toBe(201)
  expect(there.url).toBe('/api/kernels?x=%20')
  expect(there.headers).toMatchObject({ authorization: 'token of-the-notebook', cookie: '_xsrf=2' })
  expect(headers['set-cookie']).toEqual(['_xsrf=2'])
  expect(headers['content-security-policy']).toBe("frame-ancestors 'self'")
  expect(used()).toBe(1)
})

test('what is not the proxy’s goes to the application, and the other way round never', async () => {
  const { port } = await openProxied((_request, response) => response.end('the notebook'), ended)
  expect((await get(port)).body).toBe('the notebook')
  expect((await get(port, { headers: { host: 'localhost' } })).body).toBe('the application')
  // One connection, two hosts: each request is decided about on its own.
  const both = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
  const text = await sendRaw(port, both)
  expect(text.indexOf('the notebook')).toBeGreaterThan(0)
  expect(text.indexOf('the application')).toBeGreaterThan(text.indexOf('the notebook'))
})

test('an offer of HTTP/2 is answered by the application as if it had not been made', async () => {
  const { port } = await openProxied(() => {}, ended)
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'
  const text = await sendRaw(port, `GET / HTTP/1.1\r\nHost: localhost\r\n${offer}\r\n`)
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*the application/)
  expect(await sendRaw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\n${offer}\r\n`)).toMatch(/^HTTP\/1\.1 400 /)
})

test('the gate is asked about every request of a connection, and what it refuses goes nowhere', async () => {
  let reached = 0
  let asked = 0
  const { port } = await openProxied(
    (_request, response) => {
      reached += 1
      response.end('in')
    },
    ended,
    {
      admit: (_request, usual) => {
        asked += 1
        return asked === 1 ? usual : refusal
      },
    },
  )
  const twice = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\nGET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
  expect(await sendRaw(port, twice)).toMatch(/^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 403 [\s\S]*Not yours/)
  expect([asked, reached]).toEqual([2, 1])
})

test('a gate may take its time, answer itself, or fail without telling why', async () => {
  const { port } = await openProxied((_request, response) => response.end('in'), ended, {
    admit: async (request, usual) => {
      if (request.url === '/fail') throw new Error('the secret reason')
      await new Promise((resolve) => setImmediate(resolve))
      return usual
    },
  })
  expect((await get(port)).body).toBe('in')
  const failed = await get(port, { path: '/fail' })
  expect(failed.status).toBe(500)
  expect(failed.body).not.toMatch(/secret|Error|at /)
})

test('what another site caused is refused before it reaches anything', async () => {
  let reached = 0
  const { port, host: own } = await openProxied((_request, response) => {
    reached += 1
    response.end()
  }, ended)
  const post = (headers: Record<string, string>) => get(port, { method: 'POST', headers, body: 'x' })
  expect((await post({ origin: 'http://ws-b.localhost' })).status).toBe(403)
  expect((await post({})).status).toBe(403)
  expect((await get(port, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } })).status).toBe(
    403,
  )
  expect(reached).toBe(0)
  expect((await post({ origin: `http://${own}` })).status).toBe(200)
})

test.each([
  ['both a length and chunks', 'POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
  ['two lengths', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n', 'ab'],
  ['a coding of another name', 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'],
  ['chunked hidden by a letter', 'POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n', '0\r\n\r\n'],
  ['a space before the colon', 'GET / HTTP/1.1\r\nX : y\r\n', ''],
  ['a folded header', 'GET / HTTP/1.1\r\nX: y\r\n Z: z\r\n', ''],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: ws-b.localhost\r\n', ''],
  ['an address of elsewhere', 'GET http://elsewhere.test/ HTTP/1.1\r\n', ''],
  ['a bare LF', 'GET / HTTP/1.1\r\nX: y\nZ: z\r\n', ''],
])('refused, and never passed on: %s', async (_what, head, body) => {
  const { port, server } = await openProxied((_request, response) => response.end('in'), ended)
  let reached = 0
  server?.on('request', () => {
    reached += 1
  })
  const origin = `Origin: http://${host}\r\n`
  const text = await sendRaw(port, `${head}Host: ${host}\r\n${origin}Connection: close\r\n\r\n${body}`)
  expect(text).toMatch(/^HTTP\/1\.1 400 /)
  expect(reached).toBe(0)
})

test('TRACE would show what is set on the way: it is not allowed', async () => {
  const { port } = await openProxied((_request, response) => response.end('in'), ended)
  expect((await get(port, { method: 'TRACE' })).status).toBe(405)
})

test('answers without a body keep their headers: HEAD, 204, 304', async () => {
  const { port } = await openProxied((request, response) => {
    if (request.method === 'HEAD') return response.writeHead(200, { 'content-length': 1234, etag: '"x"' }).end()
    response.writeHead(request.url === '/204' ? 204 : 304, { etag: '"x"' }).end()
  }, ended)
  const head = await get(port, { method: 'HEAD' })
  expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '1234', etag: '"x"' } })
  for (const path of ['/204', '/304']) {
    const { status, headers, body } = await get(port, { path })
    expect([status, headers.etag, body]).toEqual([Number(path.slice(1)), '"x"', ''])
  }
})

test('connections to the upstream are kept and used again', async () => {
  let connections = 0
  const { port, server } = await openProxied((_request, response) => response.end('in'), ended)
  server?.on('connection', () => {
    connections += 1
  })
  for (let turn = 0; turn < 10; turn += 1) expect((await get(port)).status).toBe(200)
  expect(connections).toBe(1)
})

test('a kept connection that its other side has closed costs a reading request nothing', async () => {
  // Answers once a connection, and closes it when asked again: as a server does whose patience has just run out.
  let connections = 0
  const upstream = createNetServer((socket) => {
    connections += 1
    let answered = false
    socket.on('data', () => {
      if (answered) return socket.destroy()
      answered = true
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  const { port, host: own } = await openProxied(await listening(upstream, ended), ended)
  expect((await get(port)).body).toBe('ok')
  expect((await get(port)).body).toBe('ok')
  expect(connections).toBe(2)
  // What may have been done already is not asked twice.
  const post = await get(port, { method: 'POST', headers: { origin: `http://${own}` } })
  expect([post.status, connections]).toEqual([502, 2])
})

test('no more than its share of connections is opened to an upstream: the others wait their turn', async () => {
  const waiting: (() => void)[] = []
  const { port, proxy, server } = await openProxied((_request, response) => {
    waiting.push(() => response.end('in'))
  }, ended)
  let connections = 0
  server?.on('connection', () => {
    connections += 1
  })
  const answers = Array.from({ length: 300 }, () => get(port))
  await until(
    async () => proxy.count(() => true),
    (open) => open === 300,
  )
  await until(
    async () => waiting.length,
    (count) => count === 256,
  )
  while (waiting.length > 0) {
    waiting.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  // Those that waited are asked as soon as a connection is free.
  const all = Promise.all(answers)
  let over = false
  void all.then(() => {
    over = true
  })
  await until(
    async () => {
      while (waiting.length > 0) waiting.shift()?.()
      return over
    },
    Boolean,
    { every: 5 },
  )
  expect((await all).every(({ body }) => body === 'in')).toBe(true)
  expect(connections).toBe(256)
  expect(proxy.count(() => true)).toBe(0)
})

test('nothing that listens: 502, with a sentence and no stack', async () => {
  const server = createServer()
  const port = await listening(server, ended)
  server.close()
  await once(server, 'close')
  const { port: front } = await openProxied(port, ended)
  const { status, headers, body } = await get(front)
  expect([status, headers['content-type']]).toEqual([502, 'text/html; charset=utf-8'])
  expect(body).toContain('Nothing answers behind this address just now.')
  expect(body).not.toMatch(/ECONN|127\.0\.0\.1| at /)
})

test('only permitted addresses are connected to, by name as well', async () => {
  const asked: string[] = []
  let reached = 0
  const upstream = createServer((_request, response) => {
    reached += 1
    response.end('in')
  })
  const at = await listening(upstream, ended)
  const permits = (name: string, ip: string) => {
    asked.push(`${name} ${ip}`)
    return false
  }
  const byName = await openProxied(at, ended, { permits, upstream: { host: 'localhost', port: at } })
  const byAddress = await openProxied(at, ended, { permits })
  expect((await get(byName.port)).status).toBe(502)
  expect((await get(byAddress.port)).status).toBe(502)
  expect(asked).toContain('localhost 127.0.0.1')
  expect(asked).toContain('127.0.0.1 127.0.0.1')
  expect(reached).toBe(0)
  const permitted = await openProxied(at, ended, {
    permits: (_name, ip) => ip === '127.0.0.1',
    upstream: { host: 'localhost', port: at },
  })
  expect((await get(permitted.port)).body).toBe('in')
})

test('garbage from the upstream is 502; broken off in the middle, so is the browser’s connection', async () => {
  const garbage = await saying('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab')
  expect((await get((await openProxied(garbage.port, ended)).port)).status).toBe(502)
  const silent = await saying('', true)
  expect((await get((await openProxied(silent.port, ended)).port)).status).toBe(502)
  const unasked = await saying('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
  expect((await get((await openProxied(unasked.port, ended)).port)).status).toBe(502)
  const short = await saying('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello', true)
  await expect(get((await openProxied(short.port, ended)).port)).rejects.toThrow(/aborted|hang up/)
})

test('more than the upstream announced is not let through, nor taken for the answer to somebody else', async () => {
  const smuggled = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nSTOLE'
  const { port, sockets } = await saying(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok${smuggled}`)
  const front = await openProxied(port, ended)
  expect((await get(front.port)).body).toBe('ok')
  expect((await get(front.port)).body).toBe('ok')
  expect(sockets).toHaveLength(2)
})

test('what an idle connection says unasked is not an answer', async () => {
  const { port, sockets } = await saying('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  const front = await openProxied(port, ended)
  expect((await get(front.port)).body).toBe('ok')
  const since = performance.now()
  sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nSTOLE')
  await once(sockets[0] as Socket, 'close')
  // Not only for having been idle.
  expect(performance.now() - since).toBeLessThan(2_000)
  expect((await get(front.port)).body).toBe('ok')
})

test('an upstream that breaks off is told from one that is done, where the answer has no length', async () => {
  const sockets: Socket[] = []
  const upstream = createNetServer((socket) => {
    sockets.push(socket)
    socket.once('data', () => {
      // What is unread when it is closed makes the system reset the connection.
      socket.pause()
      socket.write('HTTP/1.1 200 OK\r\n\r\nhello')
    })
  })
  const { port, host: own } = await openProxied(await listening(upstream, ended), ended)
  const heard = async (headers: object, method: string, stop: (socket: Socket) => void) => {
    const request = ask({ host: '127.0.0.1', port, method, headers: { host: own, ...headers }, agent: false })
    request.on('error', () => {})
    request.write(method === 'GET' ? '' : Buffer.alloc(1_000_000))
    if (method === 'GET') request.end()
    const [response] = await once(request, 'response')
    await once(response, 'data')
    stop(sockets.at(-1) as Socket)
    return new Promise((done) =>
      response
        .on('end', () => done('done'))
        .on('error', () => done('broken'))
        .resume(),
    )
  }
  expect(await heard({}, 'GET', (socket) => socket.end())).toBe('done')
  const headers = { origin: `http://${own}`, 'content-length': '2000000' }
  expect(await heard(headers, 'PUT', (socket) => socket.destroy())).toBe('broken')
})

test('the body is asked for only once somebody has been let in', async () => {
  const { port, host: own } = await openProxied(
    (request, response) => {
      request.on('data', () => {}).on('end', () => response.end('read'))
    },
    ended,
    {
      admit: (request, usual) => (request.url === '/in' ? usual : refusal),
    },
  )
  const expecting = (path: string) =>
    new Promise<{ continued: boolean; status: number }>((done, failed) => {
      let continued = false
      const headers = { host: own, origin: `http://${own}`, expect: '100-continue', 'content-length': '5' }
      const request = ask({ host: '127.0.0.1', port, method: 'PUT', path, headers, agent: false }, (response) => {
        response.resume().on('end', () => done({ continued, status: response.statusCode ?? 0 }))
        if (!continued) request.destroy()
      })
      request.on('continue', () => {
        continued = true
        request.end('hello')
      })
      request.on('error', failed)
      request.flushHeaders()
    }).catch((error) => error.message)
  expect(await expecting('/in')).toEqual({ continued: true, status: 200 })
  const text = await sendRaw(
    port,
    `PUT /out HTTP/1.1\r\nHost: ${own}\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
  )
  expect(text).toMatch(/^HTTP\/1\.1 403 /)
  expect(text).toMatch(/\r\nConnection: close\r\n/)
})

test('somebody who leaves takes the request to the upstream along, and the other way round', async () => {
  let left = false
  const { port, proxy } = await openProxied((request, response) => {
    if (request.url === '/reset') return void request.socket.destroy()
    response.on('close', () => {
      left = true
    })
    response.write('begun')
  }, ended)
  const browser = dial(port)
  browser.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  await once(browser, 'data')
  expect(proxy.count(() => true)).toBe(1)
  browser.destroy()
  await until(async () => left, Boolean, { every: 5 })
  expect(proxy.count(() => true)).toBe(0)
  expect((await get(port, { path: '/reset' })).status).toBe(502)
})

test('closed, it ends what is open and lets nobody in', async () => {
  const { port, proxy } = await openProxied((_request, response) => response.write('begun'), ended)
  const browser = dial(port)
  browser.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  await once(browser, 'data')
  await proxy.close()
  await once(browser, 'close')
  expect((await get(port)).status).toBe(503)
  expect(proxy.count(() => true)).toBe(0)
})
