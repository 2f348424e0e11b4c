import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import type { Admission, Tag } from './gate.ts'
import { type Body, bodyOf, type HeadOptions, requestHead } from './request-head.ts'
import { responseHeaders } from './response-head.ts'
import { Garbage, type Head, type Listener } from './response-reader.ts'
import { answerTrouble, type Page, type Trouble } from './troubles.ts'
import type { Connection, Upstreams, User } from './upstreams.ts'

/** What goes through for somebody: a request, or a websocket once it is open. */
export type Flow = { readonly tag: Tag; cut(): void }

export type Way = HeadOptions & { upstreams: Upstreams; log: Logger; page: Page; flows: Set<Flow> }

/** Bytes that wait for a slow side before the other is made to wait. What the kernel holds comes on top. */
export const mostWaiting = 256 * 1024
const repeatable = new Set(['GET', 'HEAD', 'OPTIONS'])
/** For how long an idle connection is good for a request that cannot be asked twice. */
const trustedMs = 1_000

/** How a websocket goes on after its 101; `rest` is what the upstream said already. */
export type Switch = (connection: Connection, headers: string[], rest: Buffer) => void

// Handlers are shared functions that find their exchange here: none is made per request.
const its = Symbol('exchange')
type Marked = { [its]?: Exchange }

/** One request, its answer, and the connection to the upstream that both go over. */
export class Exchange implements User, Listener, Flow {
  private connection: Connection | null = null
  private readonly said: string
  private readonly framing: Body
  /** All of the request has been passed on. */
  private sent: boolean
  private retried = false
  private told: 'nothing' | 'head' | 'flushed' = 'nothing'
  /** Nothing more comes of the answer. What is told of it may still be on its way to the browser. */
  private over = false
  /** Where pieces go after the first, past node:http: for answers that need no chunks. */
  private sink: Socket | null = null

  /** Errors: a TypeError where what the gate sets is no header. */
  constructor(
    private readonly way: Way,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly admission: Admission,
    /** Null for an ordinary request. */
    private readonly upgrade: Switch | null,
  ) {
    this.framing = bodyOf(request)
    this.sent = this.framing === 'none'
    this.said = requestHead(request, admission, way, upgrade !== null)
  }

  get tag(): Tag {
    return this.admission.tag
  }

  begin(): void {
    const { request, response, way, admission } = this
    ;(response as Marked)[its] = this
    ;(request as Marked)[its] = this
    response.on('close', browserLeft)
    way.flows.add(this)
    admission.used()
    if (this.upgrade) way.upstreams.open(admission.upstream, this)
    else way.upstreams.take(admission.upstream, this, this.isRepeatable() ? Number.POSITIVE_INFINITY : trustedMs)
  }

  cut(): void {
    this.request.socket.destroy()
    this.left()
  }

  /** The browser has everything, or has gone. */
  left(): void {
    this.way.flows.delete(this)
    if (this.over) return
    this.over = true
    this.drop()
    this.way.upstreams.leave(this.admission.upstream, this)
  }

  // The connection to the upstream

  connected(connection: Connection): void {
    const { request, response, way } = this
    if (this.over) return void way.upstreams.giveBack(connection)
    this.connection = connection
    connection.reader.begin(this, request.method ?? '')
    connection.socket.write(this.said, 'latin1')
    if (this.framing === 'none') return
    if (request.headers.expect !== undefined) response.writeContinue()
    request.on('data', bodyPiece)
    request.on('end', bodyEnd)
  }

  failed(trouble: Trouble): void {
    if (!this.over) this.fail(trouble)
  }

  heard(piece: Buffer): boolean {
    try {
      this.connection?.reader.feed(piece)
    } catch (error) {
      if (!(error instanceof Garbage)) throw error
      this.failed('garbage')
    }
    // A head that came alone is passed on at once: a stream of events has nothing else to say for a while.
    if (this.told === 'head' && !this.over) {
      this.told = 'flushed'
      this.response.flushHeaders()
    }
    // What the browser's socket has not taken yet refers to it.
    return this.response.writableLength > 0
  }

  drained(): void {
    this.request.resume()
  }

  lost(ended: boolean): void {
    const { connection } = this
    this.connection = null
    if (this.over || connection === null) return
    const untouched = connection.reader.untouched()
    if (untouched && connection.uses > 0 && !this.retried && this.isRepeatable()) {
      this.retried = true
      return void this.way.upstreams.take(this.admission.upstream, this, 0)
    }
    if (!ended) return void this.fail('broken')
    try {
      connection.reader.finish()
    } catch {
      this.fail('broken')
    }
  }

  // The request's body

  pass(piece: Buffer): void {
    const socket = this.connection?.socket
    // Answered before it was read: the rest is read to nowhere, so that the browser gets to the answer.
    if (!socket || this.over) return
    if (this.framing === 'chunked') {
      socket.cork()
      socket.write(`${piece.length.toString(16)}\r\n`, 'latin1')
      socket.write(piece)
      socket.write('\r\n', 'latin1')
      socket.uncork()
    } else socket.write(piece)
    if (socket.writableLength > mostWaiting) this.request.pause()
  }

  passed(): void {
    this.sent = true
    if (this.framing === 'chunked' && !this.over) this.connection?.socket.write('0\r\n\r\n', 'latin1')
  }

  // The answer

  head({ status, reason, headers }: Head): void {
    // Words in between are of one connection, and this side has had its own.
    if (this.over || status < 200) return
    this.response.writeHead(status, reason, responseHeaders(headers, this.admission, this.way.ownCookies))
    this.told = 'head'
  }

  body(piece: Buffer, last: boolean): void {
    if (this.over) return
    const { response } = this
    if (this.told === 'head') {
      this.told = 'flushed'
      if (last) return void response.end(piece)
      response.write(piece)
      if (!response.chunkedEncoding) this.sink = response.socket
    } else (this.sink ?? response).write(piece)
    if ((this.sink ?? response).writableLength > mostWaiting) this.wait()
  }

  end(reusable: boolean): void {
    const { connection } = this
    if (this.over) return
    this.over = true
    this.told = 'flushed'
    this.response.end()
    if (reusable && this.sent && connection !== null) {
      this.connection = null
      this.way.upstreams.giveBack(connection)
    } else this.drop()
    if (!this.sent) this.request.resume()
  }

  switched({ headers }: Head, rest: Buffer): void {
    const { connection, upgrade } = this
    if (this.over || connection === null) return
    const to = headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'upgrade')
    if (upgrade === null || to < 0 || headers[to + 1]?.toLowerCase() !== 'websocket') return void this.fail('garbage')
    this.over = true
    this.connection = null
    this.way.flows.delete(this)
    this.response.off('close', browserLeft)
    upgrade(connection, responseHeaders(headers, this.admission, this.way.ownCookies), rest)
  }

  private wait(): void {
    const socket = this.connection?.socket
    if (!socket || socket.isPaused()) return
    socket.pause()
    ;(this.sink ?? this.response).once('drain', () => socket.resume())
  }

  private fail(trouble: Trouble): void {
    this.over = true
    this.drop()
    this.way.log.warn({ trouble, ...this.tag }, 'a request through the proxy failed')
    answerTrouble(this.response, trouble, this.way.page)
    if (!this.sent) this.request.resume()
  }

  private drop(): void {
    const { connection } = this
    this.connection = null
    if (connection === null) return
    connection.user = null
    connection.socket.destroy()
  }

  private isRepeatable(): boolean {
    return this.framing === 'none' && repeatable.has(this.request.method ?? '')
  }
}

function browserLeft(this: ServerResponse): void {
  ;(this as Marked)[its]?.left()
}
function bodyPiece(this: IncomingMessage, piece: Buffer): void {
  ;(this as Marked)[its]?.pass(piece)
}
function bodyEnd(this: IncomingMessage): void {
  ;(this as Marked)[its]?.passed()
}
