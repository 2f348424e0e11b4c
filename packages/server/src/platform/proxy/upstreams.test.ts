import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../../../../tests/support/engines.ts'
import { listening } from '../../../../../tests/support/proxied.ts'
import { answerTrouble, plainPage } from './troubles.ts'
import { type Connection, openUpstreams, type User, usualLimits } from './upstreams.ts'

const ended = (end: () => Promise<void>) => onTestFinished(end)

/** Somebody who wants a connection; what became of it. */
function somebody() {
  const told = { connection: null as Connection | null, failed: null as string | null }
  const user: User = {
    connected: (connection) => {
      told.connection = connection
    },
    failed: (trouble) => {
      told.failed = trouble
    },
    heard: () => false,
    drained() {},
    lost() {},
  }
  return { ...user, told }
}
function open(limits = {}) {
  const upstreams = openUpstreams(() => true, { ...usualLimits, ...limits })
  onTestFinished(() => upstreams.close())
  return upstreams
}
const told = (who: ReturnType<typeof somebody>) =>
  until(
    async () => who.told,
    ({ connection, failed }) => connection !== null || failed !== null,
    { every: 5 },
  )

test('an address that does not answer is given up in time', async () => {
  // A process that listens and is stopped: its queue fills, then nothing comes back any more.
  const script = `const s = require('net').createServer().listen(0, '127.0.0.1', 1, () => console.log(s.address().port))`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const port = Number(String((await once(child.stdout, 'data'))[0]))
  child.kill('SIGSTOP')
  const fill: Socket[] = []
  onTestFinished(() => fill.forEach((socket) => void socket.destroy()))
  for (let count = 0; count < 8; count += 1) fill.push(connect(port, '127.0.0.1').on('error', () => {}))
  const upstreams = open({ connectMs: 200 })
  const late = somebody()
  await until(
    async () => fill.filter(({ connecting }) => !connecting).length,
    (connected) => connected > 0,
  )
  const since = performance.now()
  upstreams.take({ host: '127.0.0.1', port }, late, 0)
  await told(late)
  expect(late.told).toEqual({ connection: null, failed: 'slow' })
  expect(performance.now() - since).toBeGreaterThan(150)
})

test('the browser is told so with 504', () => {
  const sent: unknown[] = []
  const response = {
    ...{ req: { headers: {}, complete: true }, headersSent: false, destroyed: false },
    writeHead: (status: number) => sent.push(status),
    end: (body: string) => sent.push(body),
  }
  answerTrouble(response as never, 'slow', plainPage)
  expect(sent).toEqual([504, expect.stringContaining('did not answer in time')])
})

test('too many who wait are turned away, and those who leave do not count', async () => {
  const place = { host: '127.0.0.1', port: await listening(createServer(), ended) }
  const upstreams = open({ most: 1, mostWaiting: 1 })
  const [first, second, third, fourth] = [somebody(), somebody(), somebody(), somebody()]
  upstreams.take(place, first, 0)
  await told(first)
  upstreams.take(place, second, 0)
  upstreams.take(place, third, 0)
  expect(third.told.failed).toBe('busy')
  upstreams.leave(place, second)
  upstreams.take(place, fourth, 0)
  upstreams.giveBack(first.told.connection as Connection)
  expect(second.told).toEqual({ connection: null, failed: null })
  expect(fourth.told.connection).toBe(first.told.connection)
})

test('an idle connection is used again while it is young enough, and let go when it is not', async () => {
  const place = { host: '127.0.0.1', port: await listening(createServer(), ended) }
  const upstreams = open({ idleMs: 200 })
  const [first, again, careful] = [somebody(), somebody(), somebody()]
  upstreams.take(place, first, 0)
  const { connection } = await told(first)
  upstreams.giveBack(connection as Connection)
  upstreams.take(place, again, Number.POSITIVE_INFINITY)
  expect(again.told.connection).toBe(connection)
  upstreams.giveBack(connection as Connection)
  upstreams.take(place, careful, 0)
  expect((await told(careful)).connection).not.toBe(connection)
  await once((connection as Connection).socket, 'close')
})

test('closed, nobody waits on', async () => {
  const place = { host: '127.0.0.1', port: await listening(createServer(), ended) }
  const upstreams = open({ most: 1 })
  const [first, second, third] = [somebody(), somebody(), somebody()]
  upstreams.take(place, first, 0)
  await told(first)
  upstreams.take(place, second, 0)
  upstreams.close()
  upstreams.take(place, third, 0)
  expect([second.told.failed, third.told.failed]).toEqual(['closing', 'closing'])
})
