import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export type FakeKubelet = {
  port: number
  /** What containers wrote, by `namespace/pod`; who follows goes on until it is ended. */
  write(pod: string, text: string): void
  end(pod: string): void
  close(): Promise<void>
}

/** The part of a node that an API server asks for logs. `folder` is where the certificate of that API server is. */
export async function openFakeKubelet(folder: string): Promise<FakeKubelet> {
  const logs = new Map<string, { text: string; ended: boolean; changed: (() => void)[] }>()
  const logOf = (pod: string) => {
    const log = logs.get(pod) ?? { text: '', ended: false, changed: [] }
    logs.set(pod, log)
    return log
  }
  const tls = { key: readFileSync(join(folder, 'server.key')), cert: readFileSync(join(folder, 'server.crt')) }
  const server = createServer(tls, async (request, response) => {
    const url = new URL(request.url ?? '/', 'https://kubelet')
    const [, what, namespace, pod] = url.pathname.split('/')
    const log = logs.get(`${namespace}/${pod}`)
    if (what !== 'containerLogs' || !log) return response.writeHead(404).end('not found')
    const follow = url.searchParams.get('follow') === 'true'
    let sent = 0
    for (;;) {
      response.write(log.text.slice(sent))
      sent = log.text.length
      if (!follow || log.ended || response.destroyed) break
      await new Promise<void>((done) => {
        log.changed.push(done)
        response.once('close', done)
      })
    }
    response.end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const tell = (pod: string) => {
    for (const each of logOf(pod).changed.splice(0)) each()
  }
  return {
    port: (server.address() as AddressInfo).port,
    write(pod, text) {
      logOf(pod).text += text
      tell(pod)
    },
    end(pod) {
      logOf(pod).ended = true
      tell(pod)
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
