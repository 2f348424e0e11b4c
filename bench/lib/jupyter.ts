import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { end, listens, type Peer } from './processes.ts'
import type { Done } from './side-by-side.ts'

export const jupyterToken = '0123456789abcdef0123456789abcdef'

/** A real notebook server with a home of its own. */
export async function startJupyter(folder: string, port: number): Promise<Peer> {
  mkdirSync(join(folder, 'work'), { recursive: true })
  const words = ['--no-browser', '--ip=127.0.0.1', `--port=${port}`, '--port-retries=0', '--allow-root']
  const child = spawn('jupyter-notebook', words, {
    cwd: join(folder, 'work'),
    stdio: 'ignore',
    env: { PATH: process.env.PATH, HOME: folder, JUPYTER_TOKEN: jupyterToken },
  })
  await listens(port, child)
  return { port, pid: child.pid as number, stop: () => end(child) }
}

/** A kernel, spoken to through a proxy by a websocket. */
export async function openKernel(port: number, headers: Record<string, string>) {
  const kernel = await startKernel(port, headers)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/kernels/${kernel}/channels`, {
    headers,
  })
  await once(socket, 'open')
  let number = 0
  const ask = () =>
    new Promise<void>((done) => {
      const id = `bench-${++number}`
      const header = { msg_id: id, msg_type: 'kernel_info_request', username: '', session: 'bench', version: '5.3' }
      socket.on('message', function read(data) {
        const { channel, parent_header, msg_type } = JSON.parse(String(data))
        if (channel !== 'shell' || parent_header.msg_id !== id || msg_type !== 'kernel_info_reply') return
        socket.off('message', read)
        done()
      })
      socket.send(
        JSON.stringify({ header, parent_header: {}, metadata: {}, content: {}, channel: 'shell', buffers: [] }),
      )
    })
  await ask()
  return {
    /** Questions one after another. */
    async ask(seconds: number): Promise<Done> {
      const begun = performance.now()
      let count = 0
      for (; performance.now() < begun + seconds * 1000; count += 1) await ask()
      return { count, seconds: (performance.now() - begun) / 1000 }
    },
    close: () => socket.terminate(),
  }
}

async function startKernel(port: number, headers: Record<string, string>): Promise<string> {
  const asked = request({ host: '127.0.0.1', port, path: '/api/kernels', method: 'POST', headers, agent: false })
  asked.end('{}')
  const [answer] = await once(asked, 'response')
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) text += piece
  if (answer.statusCode !== 201) throw new Error(`no kernel: ${answer.statusCode} ${text.slice(0, 200)}`)
  return JSON.parse(text).id
}
