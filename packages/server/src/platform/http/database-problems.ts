import type { ProblemCode } from '@tenantry/contract'
import { ProblemError } from './problem.ts'

type PgError = Error & { code?: string; constraint?: string }

const taken: Record<string, [ProblemCode, string, string]> = {
  users_tenant_id_username_key: [
    'username_taken',
    '/username',
    'is taken, perhaps by a deleted user who can still be restored',
  ],
  users_tenant_id_email_key_key: [
    'email_taken',
    '/email',
    'is taken, perhaps by a deleted user who can still be restored',
  ],
  roles_tenant_id_name_key_key: ['role_name_taken', '/name', 'is taken'],
  engines_name_key_key: ['engine_name_taken', '/name', 'is taken'],
  workspace_templates_tenant_id_name_key_key: ['template_name_taken', '/name', 'is taken'],
  workspaces_name: ['workspace_name_taken', '/name', 'is taken by another of your workspaces'],
  volumes_tenant_id_owner_id_name_key_key: ['volume_name_taken', '/volume/name', 'is taken by another of your volumes'],
  models_name: ['model_name_taken', '/name', 'is taken'],
  tenants_slug_key: ['slug_taken', '/slug', 'is taken'],
}

// Connection refused, reset, no socket; PostgreSQL starting up or shutting down; no answer in time.
const away = /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|EAI_AGAIN|57P0[1-5]|08\w{3}|53300)$/
const awayMessage =
  /Connection terminated|timeout exceeded when trying to connect|connection timeout|Client has encountered a connection error/

/** The one place where errors of PostgreSQL become problems. Null: it is none that a visitor could do anything about. */
export function problemOfDatabase(error: unknown): ProblemError | null {
  if (!(error instanceof Error)) return null
  const { code = '', constraint = '', message } = error as PgError
  const unique = code === '23505' ? taken[constraint] : undefined
  if (unique)
    return new ProblemError(unique[0], { errors: [{ pointer: unique[1], code: unique[0], detail: unique[2] }] })
  if (away.test(code) || awayMessage.test(message)) {
    return new ProblemError('unavailable', { detail: 'The database does not answer.', retryAfter: 2 })
  }
  // A cursor or id that was tampered with: no value of the type it stands for.
  if (/^22(P02|007|008|003|021)$/.test(code)) return new ProblemError('invalid_input')
  if (code === '57014')
    return new ProblemError('unavailable', { detail: 'This took too long and was stopped.', retryAfter: 5 })
  return null
}
