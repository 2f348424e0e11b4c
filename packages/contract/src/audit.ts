import { z } from 'zod'
import { Id, Instant, pageOf, paging } from './fields.ts'
import { route } from './route.ts'

const Named = z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() })

/** One entry of the audit log as a person reads it. */
export const ActivityEntry = z.object({
  id: Id,
  at: Instant,
  action: z.string(),
  result: z.enum(['success', 'refused']),
  actor: z.object({ id: Id.nullable(), name: z.string() }),
  target: Named.nullable(),
  details: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
})
export type ActivityEntry = z.infer<typeof ActivityEntry>

/** The same with its place in the chain. */
export const AuditEntry = ActivityEntry.extend({
  /** Counts from 1 in each tenant, without gaps. */
  seq: z.int(),
  /** A user, the operator at the command line, the system itself, or anyone. */
  actorKind: z.string(),
  userAgent: z.string().nullable(),
  /** SHA-256 over the hash before and this entry, in hexadecimal. */
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

const filter = {
  /** Beginnings of words of who did it and what it was done to. */
  q: z.string().max(200).optional(),
  /** From then on, and before then. */
  from: Instant.optional(),
  to: Instant.optional(),
  /** Separated by commas. */
  action: z.string().max(500).optional(),
  /** The id of a user, or "name:" and a name. */
  actor: z.string().max(120).optional(),
  result: z.enum(['success', 'refused']).optional(),
}
const tag = 'Audit Log'
const bySeq = z.object({ seq: z.coerce.number().int().min(1) })
const byTenant = z.object({ id: Id })
const summary = 'What happened in the tenant, newest first.'

export const listAuditEntries = route('listAuditEntries', 'GET /audit', {
  summary,
  tag,
  needs: 'audit.view',
  query: z.object({ ...filter, ...paging }),
  answers: { 200: pageOf(AuditEntry) },
  problems: ['invalid_cursor'],
})

export const getAuditEntry = route('getAuditEntry', 'GET /audit/:seq', {
  summary: 'One entry, by its place in the chain.',
  tag,
  needs: 'audit.view',
  params: bySeq,
  answers: { 200: AuditEntry },
  problems: ['not_found'],
})

export const exportAuditEntries = route('exportAuditEntries', 'GET /audit/export.csv', {
  summary: 'The entries a filter finds, as CSV.',
  tag,
  needs: 'audit.export',
  query: z.object(filter),
  answers: { 200: 'text/csv' },
  problems: [],
})

export const exportAuditEntriesAsLines = route('exportAuditEntriesAsLines', 'GET /audit/export.jsonl', {
  summary: 'The entries a filter finds, one JSON document a line, as they are hashed.',
  tag,
  needs: 'audit.export',
  query: z.object(filter),
  answers: { 200: 'application/jsonl' },
  problems: [],
})

export const listTenantAuditEntries = route('listTenantAuditEntries', 'GET /tenants/:id/audit', {
  summary: `${summary} For the platform.`,
  tag,
  needs: 'platform.audit',
  params: byTenant,
  query: z.object({ ...filter, ...paging }),
  answers: { 200: pageOf(AuditEntry) },
  problems: ['not_found', 'invalid_cursor'],
})
