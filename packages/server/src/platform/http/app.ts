import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import serveStatic from '@fastify/static'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import type { ReverseProxy } from '../proxy/proxy.ts'
import { problemOfDatabase } from './database-problems.ts'
import { openEntrance } from './entrance.ts'
import { ProblemError } from './problem.ts'

type Options = {
  log: Logger
  trustProxy: boolean
  webFolder: string | null
  secure: boolean
  /** Where else than here forms may be sent to, as a source of a Content-Security-Policy; null: nowhere. */
  formAction: string | null
  /** Takes the requests it is concerned with before they come here; closed with the server. Null: there is none. */
  proxy: ReverseProxy | null
}

/** The server without its routes: headers, cookies, errors as problems, and the pages. */
export async function openApp({
  log,
  trustProxy,
  webFolder,
  secure,
  formAction,
  proxy,
}: Options): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log as unknown as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // Longer than any id or word of ours, so that a long one is a clear 404 and not an error of the router.
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    ...(proxy && { serverFactory: openEntrance(proxy) }),
  })
  if (proxy) app.addHook('preClose', () => proxy.close())
  closeUnusedConnections(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    request.log.debug(
      {
        method: request.method,
        path: request.routeOptions.url ?? '(none)',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'answered',
    )
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (reply.raw.headersSent) {
      request.log.error({ err: error }, 'failed while answering')
      return reply.raw.destroy()
    }
    return sendProblem(
      reply,
      problemOf(error, () => request.log.error({ err: error }, 'unexpected error')),
      request.id,
    )
  })

  await app.register(cookie)
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'", ...(formAction === null ? [] : [formAction])],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
  })
  await app.register(compress, { threshold: 1024, encodings: ['br', 'gzip'] })
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.removeContentTypeParser('text/plain')

  const page = webFolder !== null && existsSync(join(webFolder, 'index.html'))
  if (page) {
    await app.register(serveStatic, {
      root: webFolder,
      wildcard: false,
      index: false,
      setHeaders: (response, path) => {
        const kept = path.includes(`${join(webFolder, 'assets')}/`)
        response.header('cache-control', kept ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const isPage = ['GET', 'HEAD'].includes(request.method) && !path.startsWith('/api/') && !/\.[a-z0-9]+$/.test(path)
    if (page && isPage) return reply.header('cache-control', 'no-cache').sendFile('index.html')
    return sendProblem(reply, new ProblemError('not_found'), request.id)
  })
  return app
}

/** Browsers connect ahead of what they will ask. Node takes such a connection for busy, and would wait for it when it closes. */
function closeUnusedConnections(app: FastifyInstance): void {
  const open = new Set<Socket>()
  app.server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  app.addHook('preClose', async () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
  })
}

function problemOf(error: FastifyError | ProblemError, unexpected: () => void): ProblemError {
  if (error instanceof ProblemError) return error
  const database = problemOfDatabase(error)
  if (database) return database
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ProblemError('too_large')
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new ProblemError('unsupported_media_type')
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500) return new ProblemError('malformed_request', { detail: error.message })
  unexpected()
  return new ProblemError('internal')
}

/** Answers with an RFC 9457 document. The request id is in the body only where it helps to find an error in the log. */
export function sendProblem(reply: FastifyReply, refusal: ProblemError, requestId: string): FastifyReply {
  const body = refusal.toProblem()
  if (body.status >= 500) body.requestId = requestId
  if (body.retryAfter !== undefined) reply.header('retry-after', body.retryAfter)
  return reply
    .code(body.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .serializer((payload: unknown) => payload as string)
    .send(JSON.stringify(body))
}
