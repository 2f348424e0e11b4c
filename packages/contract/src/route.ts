import type { z } from 'zod'
import type { Permission } from './permissions.ts'
import type { ProblemCode } from './problems.ts'

/**
 * Who a route is for: a permission, or any one of several; `anyone` without a session; `session` for everybody who has signed in;
 * `any_session` also while a password change is owed.
 */
export type Needs = Permission | readonly [Permission, ...Permission[]] | 'anyone' | 'session' | 'any_session'

/** The permissions of which one is needed; none where it is no matter of permissions. */
export const permissionsNeeded = (needs: Needs): readonly Permission[] =>
  typeof needs === 'string' ? (needs.includes('.') ? [needs as Permission] : []) : needs
export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

type Shape = z.ZodObject
/** What is streamed. */
export const streamedTypes = ['text/csv', 'application/jsonl', 'text/event-stream'] as const
export type StreamedType = (typeof streamedTypes)[number]
export const isStreamed = (answer: unknown): answer is StreamedType => streamedTypes.some((type) => type === answer)

/** `null` is an answer without a body. */
export type Answer = z.ZodType | null | StreamedType

export type RouteSpec = {
  summary: string
  tag: string
  needs: Needs
  params?: Shape
  query?: Shape
  /** A schema for JSON, or `text/csv` for a CSV file. */
  body?: z.ZodType | 'text/csv'
  /** Bytes; 256 KiB where nothing is said. */
  bodyLimit?: number
  answers: Readonly<Record<number, Answer>>
  problems: readonly ProblemCode[]
  /** The answer holds a secret that is shown once: it is never stored for a repeated Idempotency-Key. */
  answersSecret?: true
  /** `If-Match` must name the version that is being changed. */
  ifMatch?: true
}

export type Route<Spec extends RouteSpec = RouteSpec> = Spec & { method: Method; path: string; operation: string }

/** Declares one route of the API: what may be asked, by whom, and every way it is answered. */
export const route = <const Spec extends RouteSpec>(
  operation: string,
  line: `${Method} /${string}`,
  spec: Spec,
): Route<Spec> => {
  const [method, path] = line.split(' ') as [Method, string]
  return { ...spec, method, path: `/api/v1${path}`, operation }
}

type Infer<Schema> = Schema extends z.ZodType ? z.infer<Schema> : undefined
type Input<Schema> = Schema extends z.ZodType ? z.input<Schema> : Schema extends 'text/csv' ? string : undefined
type Success = 200 | 201 | 202 | 204
export type ParamsOf<R extends RouteSpec> = Infer<R['params']>
export type QueryOf<R extends RouteSpec> = Infer<R['query']>
export type QueryInputOf<R extends RouteSpec> = Input<R['query']>
export type BodyOf<R extends RouteSpec> = R['body'] extends 'text/csv' ? string : Infer<R['body']>
export type BodyInputOf<R extends RouteSpec> = Input<R['body']>
export type AnswerOf<R extends RouteSpec> = {
  [S in keyof R['answers'] & Success]: R['answers'][S] extends z.ZodType
    ? z.infer<R['answers'][S]>
    : R['answers'][S] extends StreamedType
      ? string | AsyncIterable<string>
      : void
}[keyof R['answers'] & Success]
