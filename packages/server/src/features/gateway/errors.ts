import { EngineError } from '../../engines/port.ts'
import { ProblemError } from '../../platform/http/problem.ts'
import { Broken, type Cut, EndpointRefused, isBudget, LimitReached } from '../model-calls/index.ts'

/** An error as OpenAI's API answers it (platform.openai.com/docs/guides/error-codes). */
export type ApiError = { message: string; type: string; param: string | null; code: string | null }

/** A refusal at the gateway, with its status of HTTP. */
export class GatewayError extends Error {
  readonly status: number
  readonly error: ApiError
  readonly headers: Record<string, string>
  constructor(status: number, error: Partial<ApiError> & { message: string }, headers: Record<string, string> = {}) {
    super(error.message)
    this.status = status
    this.error = { type: 'invalid_request_error', param: null, code: null, ...error }
    this.headers = headers
  }
}

export const invalid = (message: string, param: string | null = null): GatewayError =>
  new GatewayError(400, { message, param, code: 'invalid_value' })

/** The same answer for what is absent, somebody else's, or not for this person or key. */
export const noSuchModel = (name: string): GatewayError =>
  new GatewayError(404, {
    message: `The model “${name.slice(0, 100)}” does not exist, or is not yours to use.`,
    param: 'model',
    code: 'model_not_found',
  })

/** A stream that ended without its end. */
export const brokeOff = (): GatewayError =>
  new GatewayError(502, {
    message: 'The model broke off in the middle of its answer.',
    type: 'api_error',
    code: 'broke_off',
  })

/** An answer that was ended from here. */
export const cutOff = (why: Cut): GatewayError =>
  why === 'refused'
    ? new GatewayError(403, {
        message: 'This key may not be used for this any more.',
        type: 'permission_error',
        code: 'cut_off',
      })
    : new GatewayError(503, {
        message: 'The service has to start over: ask again.',
        type: 'api_error',
        code: 'unavailable',
      })

/** What is nobody's to know more of. */
export const unexpected: ApiError = {
  message: 'Something went wrong on our side.',
  type: 'api_error',
  param: null,
  code: 'internal',
}

/** How long, as OpenAI writes it: `1s`, `6m0s`. */
export const spell = (seconds: number): string =>
  seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`

/** What came of asking an endpoint, for whoever asked. What is wrong between us and the endpoint is told as ours: never as theirs. */
export function gatewayErrorOf(error: unknown): GatewayError | null {
  if (error instanceof GatewayError) return error
  if (error instanceof LimitReached) {
    const { reason, left, message } = error
    const budget = isBudget(reason)
    const of = reason === 'tokens' ? 'tokens' : 'requests'
    return new GatewayError(
      429,
      {
        message: `${message} It comes back in ${spell(left.reset)}.`,
        type: budget ? 'insufficient_quota' : of,
        code: budget ? 'insufficient_quota' : 'rate_limit_exceeded',
      },
      {
        'retry-after': String(left.reset),
        ...(!budget && {
          [`x-ratelimit-limit-${of}`]: String(left.limit),
          [`x-ratelimit-remaining-${of}`]: '0',
          [`x-ratelimit-reset-${of}`]: spell(left.reset),
        }),
      },
    )
  }
  if (error instanceof EndpointRefused) return ofRefusal(error)
  if (error instanceof Broken)
    return new GatewayError(502, {
      message: `The model broke off: ${error.message}`,
      type: 'api_error',
      code: 'broke_off',
    })
  if (error instanceof EngineError) {
    const slow = error.kind === 'slow'
    const message = `The model's endpoint cannot be used just now. ${error.message}`
    return new GatewayError(slow ? 504 : 502, { message, type: 'api_error', code: slow ? 'timeout' : 'bad_gateway' })
  }
  if (error instanceof ProblemError) {
    const { status, title, detail, retryAfter } = error.toProblem()
    const type = status >= 500 ? 'api_error' : 'invalid_request_error'
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
    return new GatewayError(status, { message: detail ?? title, type, code: error.code }, headers)
  }
  return null
}

/** Only what is about the request itself is passed on as it is. */
function ofRefusal({ status, body, message, retryAfter }: EndpointRefused): GatewayError {
  const said = (body as { error?: Partial<ApiError> } | null)?.error
  const shaped = typeof said === 'object' && said !== null ? said : {}
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 200) : null)
  if (status === 429) {
    return new GatewayError(
      429,
      { message: `The model is asked too much: ${message}`, type: 'requests', code: 'rate_limit_exceeded' },
      { 'retry-after': retryAfter ?? '1' },
    )
  }
  if ([400, 413, 422].includes(status)) {
    return new GatewayError(status, {
      message,
      type: text(shaped.type) ?? 'invalid_request_error',
      param: text(shaped.param),
      code: text(shaped.code),
    })
  }
  if (status === 401 || status === 403) {
    return new GatewayError(502, {
      message: 'The model’s endpoint does not take the credential it was published with. Tell whoever published it.',
      type: 'api_error',
      code: 'bad_gateway',
    })
  }
  const unavailable = status === 503
  return new GatewayError(
    unavailable ? 503 : 502,
    {
      message: `The model’s endpoint answered ${status}: ${message}`,
      type: 'api_error',
      code: unavailable ? 'unavailable' : 'bad_gateway',
    },
    unavailable && retryAfter !== null ? { 'retry-after': retryAfter } : {},
  )
}
