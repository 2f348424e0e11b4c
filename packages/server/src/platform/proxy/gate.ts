import type { IncomingMessage, ServerResponse } from 'node:http'

/** Whose traffic it is. On every request, not on the connection: behind a terminator of TLS one carries several people's. */
export type Tag = { workspaceId: string; userId: string; sessionId: string }

/** Where a request goes, and as whose. */
export type Admission = {
  upstream: { host: string; port: number }
  /** Set on the way there, over whatever the browser sent. */
  headers: Record<string, string>
  tag: Tag
  /** The origin the browser has it under, such as `http://ws-ab12.localhost:3000`. */
  origin: string
  /** Called for every request let in, and for what a browser sends through a websocket: at most every ten seconds. */
  used(): void
}

export type Refusal = { status: number; headers?: Record<string, string>; body: string; type?: string }

/** Decides about every single request and every websocket. What it answers at once costs no turn of the loop. */
export type Gate = {
  /** Whether requests with this Host are for the proxy. */
  concerns(host: string | undefined): boolean
  /** May answer the request itself by returning `answered`; not where there is no response (a websocket). */
  admit(
    request: IncomingMessage,
    response: ServerResponse | null,
  ): Promise<Admission | Refusal | 'answered'> | Admission | Refusal | 'answered'
}

export const isRefusal = (decided: Admission | Refusal): decided is Refusal => 'status' in decided

/** `host:port` as it stands in addresses. */
export const authorityOf = ({ host, port }: Admission['upstream']): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
