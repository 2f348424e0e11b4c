import { type FieldError, type Permission, type Problem, type ProblemCode, problems } from '@tenantry/contract'

type Extra = { detail?: string; errors?: FieldError[]; missing?: Permission[]; retryAfter?: number }

/** A refusal an action decides on. The edge turns it into an RFC 9457 document. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly extra: Extra
  constructor(code: ProblemCode, extra: Extra = {}) {
    super(extra.detail ?? problems[code].title)
    this.code = code
    this.extra = extra
  }

  /** The document; `retryAfter` in seconds. */
  toProblem(requestId?: string): Problem {
    const { status, title } = problems[this.code]
    return { type: `/problems/${this.code}`, code: this.code, title, status, ...this.extra, requestId }
  }
}

/** Refuses: throws a ProblemError. An expression, so that it can stand behind `??`. */
export function problem(code: ProblemCode, extra: Extra = {}): never {
  throw new ProblemError(code, extra)
}

/** Refuses one field of the body. */
export const fieldProblem = (code: ProblemCode, field: string, detail: string): never =>
  problem(code, { detail, errors: [{ pointer: `/${field}`, code, detail }] })
