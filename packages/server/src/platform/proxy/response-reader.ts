/** The head of an answer; `headers` flat, as they came. */
export type Head = { status: number; reason: string; headers: string[] }

/** Who hears of an answer, in order: a head, pieces of the body, the end. Heads of 1xx (but 101) come before it. */
export type Listener = {
  head(head: Head): void
  /** `last` where the length was told beforehand and this completes it: `end` follows at once. */
  body(piece: Buffer, last: boolean): void
  /** `reusable`: the connection is at the beginning of the next answer. */
  end(reusable: boolean): void
  /** The connection speaks something else from here on (101); `rest` is what came of it already. */
  switched(head: Head, rest: Buffer): void
}

/** What came is not HTTP/1.1, or can be read in two ways. */
export class Garbage extends Error {}

const mostHead = 64 * 1024
const mostLine = 4 * 1024
const nothing = Buffer.alloc(0)
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const text = /^[\t\x20-\x7e\x80-\xff]*$/
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/
const chunkLine = /^([0-9a-fA-F]{1,12})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/

const awaiting = 0
const counted = 1
const untilClose = 2
const chunkSize = 3
const chunkData = 4
const chunkEnd = 5
const trailers = 6
const done = 7

/**
 * Reads the answers of one connection, one after another (RFC 9112), strictly: lines end in CR LF, names are names, a length is
 * said once or not at all. Node's own client costs twice as much for what passes through (docs/decisions/0014).
 */
export class ResponseReader {
  private listener: Listener | null = null
  private state = done
  private left = 0
  private rest: Buffer = nothing
  private bodiless = false
  private persistent = false
  private trailerBytes = 0

  /** Reads the next answer; one to HEAD is without a body whatever it says. */
  begin(listener: Listener, method: string): void {
    this.listener = listener
    this.bodiless = method === 'HEAD'
    this.state = awaiting
    this.rest = nothing
  }

  /** Whether nothing of an answer has come yet. */
  untouched(): boolean {
    return this.state === awaiting && this.rest.length === 0
  }

  /** Takes what came. Errors: Garbage, after which the connection is of no use. */
  feed(piece: Buffer): void {
    let data = piece
    // Only what does not carry its own length is put together with what came before.
    if (this.rest.length > 0) {
      data = Buffer.concat([this.rest, piece])
      this.rest = nothing
    }
    if (this.state === done) throw new Garbage('it goes on after its end')
    while (data.length > 0) {
      const listener = this.listener
      // It went on after its end: that was told as not reusable.
      if (listener === null) return
      if (this.state === counted || this.state === chunkData) data = this.take(listener, data)
      else if (this.state === untilClose) {
        listener.body(data, false)
        return
      } else if (this.state === awaiting) {
        const end = data.indexOf('\r\n\r\n')
        if (end > mostHead || (end < 0 && data.length > mostHead)) throw new Garbage('its head is too long')
        if (end < 0) return void this.keep(data)
        data = this.readHead(listener, data.toString('latin1', 0, end), data.subarray(end + 4))
      } else {
        const end = data.indexOf('\r\n')
        if (end > mostLine || (end < 0 && data.length > mostLine)) throw new Garbage('a line is too long')
        if (end < 0) return void this.keep(data)
        data = this.readLine(listener, data.toString('latin1', 0, end), data.subarray(end + 2))
      }
    }
  }

  /** The connection was ended by its other side. Errors: Garbage where the answer was not complete. */
  finish(): void {
    if (this.state === done) return
    if (this.state !== untilClose) throw new Garbage('it ended before its end')
    this.end(this.listener, false)
  }

  private keep(data: Buffer): void {
    // A copy: the piece is not ours beyond this call.
    this.rest = Buffer.from(data)
  }

  private take(listener: Listener, data: Buffer): Buffer {
    const piece = data.length > this.left ? data.subarray(0, this.left) : data
    this.left -= piece.length
    const last = this.left === 0 && this.state === counted
    const rest = data.subarray(piece.length)
    listener.body(piece, last)
    if (last) this.end(listener, this.persistent && rest.length === 0)
    else if (this.left === 0) this.state = chunkEnd
    return rest
  }

  private readHead(listener: Listener, raw: string, rest: Buffer): Buffer {
    const lines = raw.split('\r\n')
    const [, minor, code, reason = ''] = statusLine.exec(lines[0] as string) ?? []
    if (code === undefined) throw new Garbage('it does not begin like an answer')
    const status = Number(code)
    const headers: string[] = []
    let length: number | null = null
    let coding: string | null = null
    let persistent = minor === '1'
    for (let at = 1; at < lines.length; at += 1) {
      const line = lines[at] as string
      const colon = line.indexOf(':')
      const name = line.slice(0, colon)
      const value = withoutSpace(line, colon + 1)
      if (colon < 1 || !token.test(name) || !text.test(value)) throw new Garbage('a header is not one')
      const plain = name.toLowerCase()
      if (plain === 'content-length') {
        if (length !== null || !/^\d{1,15}$/.test(value)) throw new Garbage('its length is not clear')
        length = Number(value)
      } else if (plain === 'transfer-encoding') {
        if (coding !== null || minor !== '1') throw new Garbage('its coding is not clear')
        coding = value.toLowerCase()
      } else if (plain === 'connection' && /(^|,)\s*close\s*(,|$)/i.test(value)) persistent = false
      headers.push(name, value)
    }
    if (coding !== null && (coding !== 'chunked' || length !== null)) throw new Garbage('its coding is not clear')
    const head = { status, reason, headers }
    if (status === 101) {
      this.state = done
      this.listener = null
      listener.switched(head, rest)
      return nothing
    }
    if (status < 200) {
      if (length !== null || coding !== null) throw new Garbage('a word in between has a body')
      listener.head(head)
      return rest
    }
    this.persistent = persistent
    this.bodyFollows(status, length, coding)
    listener.head(head)
    if (this.state === done) this.end(listener, persistent && rest.length === 0)
    return rest
  }

  private bodyFollows(status: number, length: number | null, coding: string | null): void {
    if (this.bodiless || status === 204 || status === 304 || (length === 0 && coding === null)) this.state = done
    else if (coding !== null) this.state = chunkSize
    else if (length !== null) {
      this.state = counted
      this.left = length
    } else this.state = untilClose
    this.trailerBytes = 0
  }

  private readLine(listener: Listener, line: string, rest: Buffer): Buffer {
    if (this.state === chunkEnd) {
      if (line !== '') throw new Garbage('a chunk is longer than it said')
      this.state = chunkSize
    } else if (this.state === chunkSize) {
      const size = chunkLine.exec(line)?.[1]
      if (size === undefined) throw new Garbage('the size of a chunk is not one')
      this.left = Number.parseInt(size, 16)
      this.state = this.left === 0 ? trailers : chunkData
    } else {
      this.trailerBytes += line.length
      if (this.trailerBytes > mostHead) throw new Garbage('its trailers are too long')
      if (line === '') this.end(listener, this.persistent && rest.length === 0)
    }
    return rest
  }

  private end(listener: Listener | null, reusable: boolean): void {
    this.state = done
    this.listener = null
    listener?.end(reusable)
  }
}

/** The rest of a line without the spaces and tabs around it: String.trim would take more than those. */
function withoutSpace(line: string, from: number): string {
  let start = from
  let end = line.length
  while (start < end && (line[start] === ' ' || line[start] === '\t')) start += 1
  while (end > start && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1
  return line.slice(start, end)
}
