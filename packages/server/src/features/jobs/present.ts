import type { Job, JobDetail } from '@tenantry/contract'
import type { ReadJobDetail } from '../../engines/port.ts'
import type { Actor } from '../../platform/access/actor.ts'
import type { Row, Submitted } from './store.ts'

/** Whether it is the actor's own. Somebody of the platform has none in a tenant, whatever they are called. */
export const isMine = ({ visiting, name }: Actor, { owner }: Pick<Row, 'owner'>): boolean => !visiting && owner === name

/** Whether the actor may know of it. */
export const maySee = (actor: Actor, row: Row): boolean =>
  actor.permissions.has('job.view_all') || (isMine(actor, row) && actor.permissions.has('job.view_own'))

export const mayCancel = (actor: Actor, row: Row): boolean =>
  actor.permissions.has('job.cancel_all') || (isMine(actor, row) && actor.permissions.has('job.cancel_own'))

const personOf = ({ user_id: id, owner, user_name: name }: Row): Job['person'] =>
  id === null || owner === null ? null : { id, username: owner, name }

export function presentJob(actor: Actor, row: Row): Job {
  const { id, doc, engine, engine_id: engineId, engine_kind: engineKind, rank, state } = row
  return {
    ...doc,
    id,
    engine,
    engineId,
    engineKind,
    state,
    array: doc.array && { task: row.task, total: row.tasks, states: row.states ?? [] },
    person: personOf(row),
    mine: isMine(actor, row),
    can: {
      cancel: rank < 2 && state !== 'stopping' && mayCancel(actor, row),
      resubmit:
        row.submitted_by !== null &&
        row.submitted_by === actor.userId &&
        isMine(actor, row) &&
        actor.permissions.has('job.submit'),
      // Each task of an array writes on its own; and whose output may be read the engine decides.
      output: !row.is_array && !actor.visiting,
    },
  }
}

type More = { submitted: Submitted | null; detail: ReadJobDetail | null; incomplete: string | null }

export function presentDetail(actor: Actor, row: Row, { detail, incomplete, ...more }: More): JobDetail {
  // What somebody gave their job may hold secrets: who sees everybody's jobs sees what they are, not what is in them.
  // Nor is a job theirs who has only the name of somebody that is gone.
  const isTheirs = isMine(actor, row) && (more.submitted === null || more.submitted.user_id === actor.userId)
  const submitted = isTheirs ? (more.submitted?.spec ?? null) : null
  const script = isTheirs ? (submitted?.script ?? detail?.script ?? null) : null
  const { doc } = row
  const known = [
    { at: doc.submittedAt, text: 'Submitted', warning: false },
    { at: doc.startedAt, text: 'Started', warning: false },
    {
      at: doc.endedAt,
      text: doc.endReason === null ? 'Ended' : `Ended: ${doc.endReason}`,
      warning: row.state === 'failed',
    },
  ].flatMap(({ at, ...event }) => (at === null ? [] : [{ at, ...event }]))
  return {
    ...presentJob(actor, row),
    script,
    submitted,
    workingDirectory: detail?.workingDirectory ?? submitted?.workingDirectory ?? null,
    standardOutput: detail?.standardOutput ?? null,
    standardError: detail?.standardError ?? null,
    timeline: [...known, ...(detail?.events ?? [])].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    incomplete,
  }
}
