import type { Socket } from 'node:net'
import { type Flow, mostWaiting } from './exchange.ts'
import type { Admission, Tag } from './gate.ts'
import type { Connection, User } from './upstreams.ts'

/** A websocket after its handshake: bytes from one socket to the other, unread. */
export class Tunnel implements User, Flow {
  /** Somebody was seen at work since the last `tick`. */
  private seen = false

  constructor(
    private readonly flows: Set<Flow>,
    private readonly browser: Socket,
    private readonly connection: Connection,
    private readonly admission: Admission,
  ) {}

  get tag(): Tag {
    return this.admission.tag
  }

  /** `head` is for the browser, then what either side said already. */
  begin(head: string, rest: Buffer, early: Buffer[]): void {
    const { browser, connection } = this
    this.flows.add(this)
    connection.user = this
    browser.on('data', (piece: Buffer) => this.said(piece))
    browser.on('drain', () => connection.socket.resume())
    browser.on('end', () => connection.socket.end())
    browser.on('close', () => this.left())
    browser.setNoDelay(true)
    browser.write(head, 'latin1')
    if (rest.length > 0) browser.write(rest)
    for (const piece of early) this.said(piece)
    browser.resume()
  }

  cut(): void {
    this.browser.destroy()
    this.left()
  }

  tick(): void {
    this.seen = false
  }

  connected(): void {}
  failed(): void {}

  heard(piece: Buffer): boolean {
    this.browser.write(piece)
    if (this.browser.writableLength > mostWaiting) this.connection.socket.pause()
    return true
  }

  drained(): void {
    this.browser.resume()
  }

  lost(): void {
    this.flows.delete(this)
    this.browser.destroySoon()
  }

  private said(piece: Buffer): void {
    const { socket } = this.connection
    socket.write(piece)
    if (socket.writableLength > mostWaiting) this.browser.pause()
    if (this.seen || isControl(piece)) return
    this.seen = true
    this.admission.used()
  }

  private left(): void {
    this.flows.delete(this)
    this.connection.user = null
    this.connection.socket.destroy()
  }
}

// A lone ping, pong or close (RFC 6455 5.5): a browser answers pings though nobody sits at it.
const isControl = (piece: Buffer) => piece.length <= 131 && ((piece[0] as number) & 0x08) !== 0
