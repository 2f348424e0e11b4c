import type { ServerResponse } from 'node:http'
import { bodyOf } from './request-head.ts'

/** What can go wrong on the way, as it is logged; the browser gets the sentence. */
const troubles = {
  refused: [502, 'Nothing answers behind this address just now.'],
  slow: [504, 'What is behind this address did not answer in time.'],
  not_permitted: [502, 'What is behind this address may not be reached.'],
  garbage: [502, 'What is behind this address did not answer in a way that is understood.'],
  broken: [502, 'What is behind this address broke the connection off.'],
  busy: [503, 'Too much is being asked of what is behind this address. Try again.'],
  closing: [503, 'This is being restarted. Try again in a moment.'],
  cross_site: [403, 'Another site asked for this. It was refused.'],
  malformed: [400, 'This request is not understood.'],
  method: [405, 'This method is not allowed.'],
  unexpected: [500, 'Something went wrong here. Try again.'],
} as const satisfies Record<string, readonly [number, string]>
export type Trouble = keyof typeof troubles

/** Makes the body of an error's page, in HTML. */
export type Page = (status: number, sentence: string) => string

export const plainPage: Page = (status, sentence) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${status}</title><p>${sentence}</p></html>`

export const statusOf = (trouble: Trouble): number => troubles[trouble][0]

/** Answers with a page, and ends the connection where a body may still be on its way in. */
export function answerTrouble(response: ServerResponse, trouble: Trouble, page: Page): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const [status, sentence] = troubles[trouble]
  send(response, status, { 'content-type': 'text/html; charset=utf-8' }, page(status, sentence))
}

export function send(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  if (bodyOf(response.req) !== 'none' && !response.req.complete) response.shouldKeepAlive = false
  response.writeHead(status, {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'self'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    ...headers,
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
