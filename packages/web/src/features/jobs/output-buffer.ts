import { plainText } from './terminal-text.ts'

export type Chunk = { id: number; text: string }

/** Characters of a chunk, which is drawn once and then stays as it is. */
const chunkSize = 16_000
/** Of a line that does not end: then it is drawn in pieces. */
const longestLine = 64_000

/**
 * What is shown of the output of a job: complete lines in chunks, the last one as far as it has come. Where `most` characters
 * are reached, the earliest go. Positions are bytes of the file.
 */
export class OutputBuffer {
  chunks: Chunk[] = []
  /** The first byte that is shown, and the one to ask for next. */
  start: number | null = null
  next = 0
  /** Bytes of the whole, as told last. */
  size = 0
  length = 0
  private rest = ''
  private ids = 0
  private bytes: number[] = []
  readonly most: number

  constructor(most = 2_000_000) {
    this.most = most
  }

  /** Takes a piece from the byte `from` on. */
  add({ from, size, text }: { from: number; size: number; text: string }): void {
    // Something is left out, or what was there was written anew: what was shown does not go with it any more.
    if (this.start === null || from > this.next || size < this.next) this.begin(from)
    const fresh = from < this.next ? withoutBytes(text, this.next - from) : text
    this.next = Math.max(this.next, from + byteLength(text))
    this.size = Math.max(size, this.next)
    const raw = this.rest + fresh
    const end = raw.lastIndexOf('\n') + 1
    this.rest = raw.slice(end)
    if (end > 0) this.keep(raw.slice(0, end))
    if (this.rest.length > longestLine) this.flush()
    while (this.length > this.most && this.chunks.length > 1) this.drop()
  }

  /** Whether as much is kept as is kept at all. */
  get full(): boolean {
    return this.length > this.most - 2 * chunkSize
  }
  /** The line that has not ended yet. */
  get open(): string {
    return plainText(this.rest)
  }
  text(): string {
    return this.chunks.map(({ text }) => text).join('') + this.open
  }

  /** Lets half of what is kept go, the earliest first. */
  makeRoom(): void {
    while (this.length > this.most / 2 && this.chunks.length > 1) this.drop()
  }

  private drop(): void {
    this.length -= this.chunks.shift()?.text.length ?? 0
    this.start = (this.start ?? 0) + (this.bytes.shift() ?? 0)
  }

  private begin(from: number): void {
    Object.assign(this, { chunks: [], bytes: [], length: 0, rest: '', start: from, next: from, size: 0 })
  }

  private flush(): void {
    if (this.rest !== '') this.keep(this.rest)
    this.rest = ''
  }

  private keep(raw: string): void {
    // In pieces that end with a line where they can.
    for (let at = 0; at < raw.length; ) {
      const line = raw.lastIndexOf('\n', at + chunkSize) + 1
      const end = raw.length - at <= chunkSize ? raw.length : line > at ? line : at + chunkSize
      this.append(raw.slice(at, end))
      at = end
    }
  }

  private append(raw: string): void {
    const text = plainText(raw)
    const bytes = byteLength(raw)
    const last = this.chunks.at(-1)
    this.length += text.length
    if (last && last.text.length + text.length <= chunkSize) {
      this.chunks[this.chunks.length - 1] = { id: last.id, text: last.text + text }
      this.bytes[this.bytes.length - 1] = (this.bytes.at(-1) ?? 0) + bytes
    } else {
      this.chunks.push({ id: this.ids++, text })
      this.bytes.push(bytes)
    }
  }
}

const encoder = new TextEncoder()
/** A byte that was no UTF-8 came as one character, of three bytes: it counts as one, so that nothing is left out. */
const byteLength = (text: string): number =>
  encoder.encode(text).length - 2 * (text.length - text.replaceAll('\ufffd', '').length)

const withoutBytes = (text: string, count: number): string =>
  new TextDecoder().decode(encoder.encode(text).slice(count))
