import type { AnswerOf, BodyInputOf, JobChoices, listJobChoices, NewJob, submitJob } from '@tenantry/contract'

export type { JobChoices, NewJob }
export type NewJobInput = BodyInputOf<typeof submitJob>
/** An engine, and what may be chosen there; or why nothing may, just now. */
export type OfferedEngine = AnswerOf<typeof listJobChoices>['engines'][number]
