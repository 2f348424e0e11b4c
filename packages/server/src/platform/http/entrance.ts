import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyServerOptions } from 'fastify'
import { answerOn, type ReverseProxy } from '../proxy/proxy.ts'

/**
 * Makes the server that listens: what is for the proxy never enters Fastify, and nothing else enters the proxy. The Host that
 * the browser sent decides: a terminator of TLS in front passes it on.
 */
export function openEntrance(proxy: ReverseProxy): (handler: RequestListener, options: FastifyServerOptions) => Server {
  return (handler, options) => {
    const server = createServer({ insecureHTTPParser: false }, (request, response) =>
      proxy.concerns(request.headers.host) ? proxy.handle(request, response) : handler(request, response),
    )
    // Without a listener Node would ask for the body before anybody has been let in.
    server.on('checkContinue', (request, response) => {
      if (proxy.concerns(request.headers.host)) return proxy.handle(request, response)
      response.writeContinue()
      handler(request, response)
    })
    server.on('upgrade', (request, socket, head) => {
      if (proxy.concerns(request.headers.host)) return proxy.upgrade(request, socket, head)
      answerWithoutUpgrade(handler, request, socket as Socket)
    })
    // As Fastify sets them where it makes the server itself; its types allow them to be left out.
    server.keepAliveTimeout = options.keepAliveTimeout ?? 72_000
    server.requestTimeout = options.requestTimeout ?? 0
    server.setTimeout(options.connectionTimeout ?? 0)
    return server
  }
}

/** Some clients offer HTTP/2 with every request: they are answered as if they had not, where that can be told from a body. */
function answerWithoutUpgrade(handler: RequestListener, request: IncomingMessage, socket: Socket): void {
  const { headers } = request
  const bodiless = headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'
  const response = answerOn(request, socket)
  if (response === null) return
  socket.resume()
  if (bodiless) return void handler(request, response)
  response.writeHead(400, { 'content-type': 'text/plain' }).end('No upgrade is offered here.\n')
}
