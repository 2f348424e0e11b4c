import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLoopback } from '../config/config.ts'

const names = { session: 'tenantry', device: 'tenantry-device' } as const
type Name = keyof typeof names

// Browsers refuse Secure cookies over plain HTTP, which only the machine itself may use (RFC 6265bis 5.7).
const isSecure = (request: FastifyRequest) =>
  request.protocol === 'https' || !isLoopback(request.hostname.replace(/^\[|\]$/g, ''))
const nameOf = (request: FastifyRequest, name: Name) => (isSecure(request) ? `__Host-${names[name]}` : names[name])

export const readCookie = (request: FastifyRequest, name: Name): string | null =>
  request.cookies[nameOf(request, name)] ?? null

/** Sets a cookie that scripts cannot read and other sites cannot send. `maxAge` in seconds. */
export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  name: Name,
  value: string,
  maxAge: number,
): void {
  reply.setCookie(nameOf(request, name), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(request),
    maxAge: Math.max(0, Math.floor(maxAge)),
  })
}

export function clearCookie(request: FastifyRequest, reply: FastifyReply, name: Name): void {
  setCookie(request, reply, name, '', 0)
}
