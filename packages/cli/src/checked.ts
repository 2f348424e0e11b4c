import { ProblemError } from '@tenantry/server/platform/http/problem.ts'
import type { z } from 'zod'

/** What was typed, as the contract wants it. Throws the same problem as the API. */
export function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new ProblemError('invalid_input', {
    errors: parsed.error.issues.map((issue) => ({
      pointer: `/${issue.path.join('/')}`,
      code: issue.code,
      detail: issue.message,
    })),
  })
}
