import type { AnswerOf, JobChoices, listJobChoices as listRoute } from '@tenantry/contract'
import { EngineError, type JobRunner, type Person } from '../../engines/port.ts'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import type { Deps } from '../../platform/deps.ts'
import {
  accessBy,
  type FollowingKind,
  type OpenEngines,
  personAt,
  type Reached,
  reachEngines,
  refuseUnknownName,
} from '../engines/index.ts'
import { within } from './within.ts'

const patience = 5_000
const keptFor = 10_000
const guest = 'You are a guest in this tenant: a job runs as somebody of it.'

/** Somebody at an engine that runs jobs. */
export type AtEngine = { reached: Reached; jobs: JobRunner; person: Person }
export type Choices = { of(actor: Actor, at: AtEngine): Promise<JobChoices> }

/** What people may choose from, kept for ten seconds of each person and engine: a page asks for it again and again. */
export function openChoices(now: () => number = () => performance.now()): Choices {
  const kept = new Map<string, { until: number; choices: Promise<JobChoices> }>()
  const forget = (key: string, choices: Promise<JobChoices>) => {
    if (kept.get(key)?.choices === choices) kept.delete(key)
  }
  return {
    of(actor, { reached: { id, version, scope }, jobs, person }) {
      for (const [key, { until }] of kept) {
        if (until > now()) break
        kept.delete(key)
      }
      // Another scope, credential or right is another answer.
      const key = JSON.stringify([actor.tenantId, actor.userId, id, version, scope, person])
      const known = kept.get(key)
      if (known && known.until > now()) return known.choices
      const choices = within(patience, (signal) => jobs.choices(scope, person, signal))
      kept.delete(key)
      kept.set(key, { until: now() + keptFor, choices })
      // Why it cannot be told is asked again at once.
      choices.catch(() => forget(key, choices))
      return choices
    },
  }
}

/** The actor as an engine knows them; null where it knows nobody like them. Errors: `EngineError` where it did not take them in. */
export async function personOf(
  { database }: Deps,
  actor: Actor,
  { id: engineId, kind }: Pick<Reached, 'id' | 'kind'>,
): Promise<Person | null> {
  const { userId, tenantId, visiting } = actor
  if (userId === null || visiting || !(kind in accessBy)) return null
  return database.withTenant(actor, async (tx) => {
    await refuseUnknownName(tx, { tenantId, engineId, userId, kind })
    return personAt(tx, tenantId, userId, kind as FollowingKind)
  })
}

type Answer = AnswerOf<typeof listRoute>['engines'][number]

/** Where the actor may submit, of every engine that runs jobs and that the tenant has a part of. All are asked at once. */
export async function listJobChoices(
  deps: Deps,
  engines: OpenEngines,
  choices: Choices,
  actor: Actor,
): Promise<{ engines: Answer[] }> {
  authorize(actor, 'job.submit')
  const reached = await reachEngines(deps, engines, actor)
  const answers = await Promise.all(
    reached.map(async (one): Promise<Answer | null> => {
      const about = { engineId: one.id, engine: one.name, engineKind: one.kind }
      try {
        const { jobs } = one.open()
        if (!jobs) return null
        const person = await personOf(deps, actor, one)
        if (!person) return { ...about, choices: null, reason: guest }
        return { ...about, choices: await choices.of(actor, { reached: one, jobs, person }), reason: null }
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
        // Of which it is not known whether it runs jobs: those kinds do.
        return one.kind in accessBy ? { ...about, choices: null, reason: error.message } : null
      }
    }),
  )
  return { engines: answers.filter((answer) => answer !== null) }
}

export { guest }
