import type { ServerResponse } from 'node:http'
import type { Refusal } from '../../platform/proxy/gate.ts'

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

/** A page of one sentence, for whoever has no way in: the same whatever the reason. */
export const shut = (publicUrl: string): Refusal => ({
  status: 403,
  headers,
  type: 'text/html; charset=utf-8',
  body: page(
    'This workspace is not open to you',
    `It is stopped, not shared with you, or you have signed out. <a href="${publicUrl}/workspaces">Open it from Tenantry</a>.`,
  ),
})

/** Lets somebody in: their browser goes on to the workspace itself. */
export function entered(response: ServerResponse, cookie: string): void {
  response.writeHead(303, { ...headers, 'set-cookie': cookie, location: '/' })
  response.end()
}

/** `detail` is HTML of our own. */
export const page = (title: string, detail: string): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}h1{font-size:1.25rem}</style>
<h1>${title}</h1><p>${detail}</p></html>
`
