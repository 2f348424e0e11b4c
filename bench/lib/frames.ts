import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Done } from './side-by-side.ts'

/** A masked binary frame of a websocket, as a browser sends it (RFC 6455 5.2); the mask is zero. */
export function frameOf(bytes: number): Buffer {
  const length = bytes < 126 ? [0x80 | bytes] : bytes < 65_536 ? [0x80 | 126, bytes >> 8, bytes & 255] : null
  const long = [0x80 | 127, 0, 0, 0, 0, (bytes >>> 24) & 255, (bytes >> 16) & 255, (bytes >> 8) & 255, bytes & 255]
  return Buffer.concat([Buffer.from([0x82, ...(length ?? long), 0, 0, 0, 0]), Buffer.alloc(bytes, 'x')])
}

/** Websockets that are open, as bare sockets. */
export async function openSockets(port: number, count: number, headers: Record<string, string>): Promise<Socket[]> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const handshake = `GET /socket HTTP/1.1\r\n${lines.join('')}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
  const sockets: Socket[] = []
  for (let index = 0; index < count; index += 1) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.write(handshake)
    const [answer] = await once(socket, 'data')
    if (!String(answer).startsWith('HTTP/1.1 101 ')) throw new Error(`no websocket: ${String(answer).slice(0, 200)}`)
    sockets.push(socket)
  }
  return sockets
}

/** Every socket sends a frame, waits for its echo, sends the next. */
export async function echo(sockets: Socket[], frame: Buffer, seconds: number): Promise<Done> {
  let count = 0
  const begun = performance.now()
  const until = begun + seconds * 1000
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((done) => {
          let left = frame.length
          socket.on('data', function read(piece: Buffer) {
            left -= piece.length
            if (left > 0) return
            count += 1
            left = frame.length
            if (performance.now() < until) return void socket.write(frame)
            socket.off('data', read)
            done()
          })
          socket.write(frame)
        }),
    ),
  )
  return { count, seconds: (performance.now() - begun) / 1000 }
}
