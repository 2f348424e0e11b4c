import { Agent, createServer, request } from 'node:http'

// The least that can be done in Node between a client and an endpoint: every byte goes on, none is looked at.
const upstream = Number(process.env.BENCH_UPSTREAM)
const agent = new Agent({ keepAlive: true })
const server = createServer({ noDelay: true, keepAliveTimeout: 60_000 }, (asked, response) => {
  const { url: path, method, headers } = asked
  const onward = request({ agent, host: '127.0.0.1', port: upstream, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  response.once('close', () => response.writableFinished || onward.destroy())
  asked.pipe(onward)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
process.on('message', () => process.exit(0))
process.on('disconnect', () => process.exit(0))
