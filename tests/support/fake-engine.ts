import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Http, openHttp } from '../../packages/server/src/engines/http.ts'
import type { Engine, Opening } from '../../packages/server/src/engines/port.ts'
import { readAllowed } from '../../packages/server/src/platform/config/allowed.ts'

export type FakeRequest = {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: unknown
}
/** `text` is sent as it stands; `stream` gets the response and ends it itself. `never` is not answered. */
export type FakeAnswer = {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  text?: string
  stream?: (response: ServerResponse) => void
  never?: boolean
}

export type FakeEngine = {
  address: string
  /** In the order they came. */
  requests: FakeRequest[]
  opening(credential: Opening['credential'], more?: Partial<Opening>): Opening
  open(make: (opening: Opening, http: Http) => Engine, credential: Opening['credential']): Engine
  close(): Promise<void>
}

/** Something on loopback that answers like an engine. */
export async function openFakeEngine(answer: (request: FakeRequest) => FakeAnswer): Promise<FakeEngine> {
  const requests: FakeRequest[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const url = new URL(request.url ?? '/', 'http://fake')
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    const asked = { method: request.method ?? '', path: url.pathname, query: url.searchParams, body }
    requests.push({ ...asked, headers: request.headers })
    const {
      status = 200,
      headers,
      body: answered,
      text: plain,
      stream,
      never,
    } = answer({ ...asked, headers: request.headers })
    if (never) return
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    if (stream) {
      response.flushHeaders()
      stream(response)
    } else response.end(plain ?? (answered === undefined ? '' : JSON.stringify(answered)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const allowed = readAllowed(['127.0.0.1'])
  const opening: FakeEngine['opening'] = (credential, more = {}) => ({
    kind: 'kubernetes',
    address,
    ca: null,
    credential,
    allowed,
    ...more,
  })
  return {
    address,
    requests,
    opening,
    open: (make, credential) => make(opening(credential), openHttp(address, null, allowed)),
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
