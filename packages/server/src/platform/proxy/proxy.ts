import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { isCrossSite } from './cross-site.ts'
import { Exchange, type Flow, mostWaiting, type Switch, type Way } from './exchange.ts'
import { type Admission, type Gate, isRefusal, type Refusal, type Tag } from './gate.ts'
import { ambiguity, bodyOf } from './request-head.ts'
import { answerTrouble, type Page, plainPage, send, type Trouble } from './troubles.ts'
import { Tunnel } from './tunnel.ts'
import { openUpstreams, type Permits } from './upstreams.ts'

export type ReverseProxyOptions = {
  gate: Gate
  log: Logger
  /** Asked with the address that is about to be connected to. */
  permits: Permits
  /** Names of cookies that neither reach an upstream nor may be set by one. */
  ownCookies: readonly string[]
  /** Whether X-Forwarded-For of whoever connects here is passed on, with their address after it. */
  trustForwarded: boolean
  page?: Page
}

export type ReverseProxy = {
  concerns(host: string | undefined): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
  /** As `upgrade` of node:http tells it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Ends everything that matches, both its sides, at once; answers how many. The gate must know already. */
  cut(which: (tag: Tag) => boolean): number
  /** How many requests and websockets go through just now, of those that match. */
  count(which: (tag: Tag) => boolean): number
  close(): Promise<void>
}

const tickMs = 10_000

type Decided = Admission | Refusal | 'answered'
/** Makes of a request that was let in what goes on with its socket. */
type ToWebsocket = (admission: Admission) => Switch

/** A reverse proxy for HTTP/1.1 and websockets that lets in what the gate admits, request by request. */
export function openProxy({ gate, log, permits, page = plainPage, ...head }: ReverseProxyOptions): ReverseProxy {
  const flows = new Set<Flow>()
  const way: Way = { ...head, flows, log, page, upstreams: openUpstreams(permits) }
  // What was cut while a gate was still thinking: its answer may be older than the cut.
  const undecided = new Set<((tag: Tag) => boolean)[]>()
  let closed = false
  const ticking = setInterval(() => {
    for (const flow of flows) if (flow instanceof Tunnel) flow.tick()
  }, tickMs).unref()

  const refuse = (response: ServerResponse, trouble: Trouble) => answerTrouble(response, trouble, page)
  const unexpected = (response: ServerResponse, error: unknown) => {
    log.error({ err: error }, 'a request could not be decided about')
    refuse(response, 'unexpected')
  }

  const decide = (request: IncomingMessage, response: ServerResponse, toWebsocket: ToWebsocket | null): void => {
    if (closed) return void refuse(response, 'closing')
    const unclear = ambiguity(request)
    if (unclear) return void refuse(response, unclear)
    try {
      const decided = gate.admit(request, toWebsocket ? null : response)
      if (decided instanceof Promise) wait(request, response, toWebsocket, decided)
      else enter(request, response, toWebsocket, decided)
    } catch (error) {
      unexpected(response, error)
    }
  }

  const wait = async (
    request: IncomingMessage,
    response: ServerResponse,
    toWebsocket: ToWebsocket | null,
    decided: Promise<Decided>,
  ) => {
    const cuts: ((tag: Tag) => boolean)[] = []
    undecided.add(cuts)
    try {
      const late = await decided.finally(() => undecided.delete(cuts))
      const isCut = late !== 'answered' && !isRefusal(late) && cuts.some((which) => which(late.tag))
      if (isCut) request.socket.destroy()
      else if (closed && late !== 'answered') refuse(response, 'closing')
      else enter(request, response, toWebsocket, late)
    } catch (error) {
      unexpected(response, error)
    }
  }

  const enter = (
    request: IncomingMessage,
    response: ServerResponse,
    toWebsocket: ToWebsocket | null,
    decided: Decided,
  ): void => {
    if (decided === 'answered') {
      if (toWebsocket) refuse(response, 'unexpected')
      return
    }
    if (request.socket.destroyed) return
    if (isRefusal(decided)) {
      const { status, body, type = 'text/html; charset=utf-8', headers } = decided
      return void send(response, status, { 'content-type': type, ...headers }, body)
    }
    if (isCrossSite(request.method, request.headers, decided.origin, toWebsocket !== null)) {
      return void refuse(response, 'cross_site')
    }
    new Exchange(way, request, response, decided, toWebsocket?.(decided) ?? null).begin()
  }

  return {
    concerns: (host) => gate.concerns(host),
    handle: (request, response) => decide(request, response, null),
    upgrade(request, duplex, first) {
      const socket = duplex as Socket
      const early: Buffer[] = first.length > 0 ? [first] : []
      const response = answerOn(request, socket)
      if (response === null) return
      let size = first.length
      // Read all along: otherwise nobody would notice that the browser leaves.
      const keep = (piece: Buffer) => {
        early.push(piece)
        size += piece.length
        if (size > mostWaiting) socket.pause()
      }
      socket.on('data', keep)
      if (!isWebsocket(request)) return refuse(response, 'malformed')
      decide(request, response, (admission) => (connection, headers, rest) => {
        response.detachSocket(socket)
        socket.off('data', keep).off('end', hangUp)
        let answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
        for (let at = 0; at < headers.length; at += 2) answer += `${headers[at]}: ${headers[at + 1]}\r\n`
        new Tunnel(flows, socket, connection, admission).begin(`${answer}\r\n`, rest, early)
      })
    },
    cut(which) {
      for (const cuts of undecided) cuts.push(which)
      const matching = [...flows].filter(({ tag }) => which(tag))
      for (const flow of matching) flow.cut()
      return matching.length
    },
    count(which) {
      let matching = 0
      for (const { tag } of flows) if (which(tag)) matching += 1
      return matching
    },
    async close() {
      closed = true
      clearInterval(ticking)
      for (const flow of [...flows]) flow.cut()
      way.upstreams.close()
    },
  }
}

/** An answer on a socket that node:http has let go of; it is the last thing said there. Null where it is not free. */
export function answerOn(request: IncomingMessage, socket: Socket): ServerResponse | null {
  socket.on('error', hangUp)
  // As node:http does: who says that nothing more comes before the answer is there has gone.
  socket.on('end', hangUp)
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  try {
    response.assignSocket(socket)
  } catch {
    // An answer to an earlier request is still on its way.
    socket.destroy()
    return null
  }
  response.on('finish', () => socket.destroySoon())
  return response
}

function hangUp(this: Socket): void {
  this.destroy()
}

function isWebsocket(request: IncomingMessage): boolean {
  const { method, headers, httpVersion } = request
  return (
    method === 'GET' &&
    httpVersion === '1.1' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    bodyOf(request) === 'none'
  )
}
