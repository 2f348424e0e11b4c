import { createServer } from 'node:net'

// An upstream that costs next to nothing, over bare sockets: it swallows uploads, streams chunks, and echoes what comes after
// the handshake of a websocket, unread.
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const stream = `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n`
const chunk = `64\r\n${'x'.repeat(100)}\r\n`
const server = createServer({ noDelay: true }, (socket) => {
  let left = 0
  let head = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', function read(piece: Buffer) {
    let from = 0
    if (left === 0) {
      head += piece.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      if (/\nupgrade: websocket/i.test(head)) {
        socket.off('data', read)
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
        socket.on('data', (frame) => {
          if (!socket.write(frame)) socket.pause()
        })
        socket.on('drain', () => socket.resume())
        return
      }
      if (head.startsWith('GET /stream')) {
        head = ''
        socket.write(stream + chunk)
        setImmediate(() => socket.write(`${chunk.repeat(9)}0\r\n\r\n`))
        return
      }
      left = Number(/\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
      from = piece.length - (head.length - end - 4)
      head = ''
      if (left === 0) return void socket.write(ok)
    }
    left -= piece.length - from
    if (left === 0) socket.write(ok)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
process.on('message', () => process.exit(0))
process.on('disconnect', () => process.exit(0))
