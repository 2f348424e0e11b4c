import { z } from 'zod'
import { listOf, maybe, text } from '../shape.ts'

// The fields that are read of Keystone (identity v3).

const Service = z.object({
  type: text,
  endpoints: listOf(z.object({ interface: text, region_id: text, url: text })),
})

export const Token = z.object({
  token: z.object({
    expires_at: z.string(),
    project: maybe(z.object({ id: z.string(), name: text })),
    catalog: listOf(Service),
  }),
})
export type Catalog = z.infer<typeof Token>['token']['catalog']

/** `GET /v3` of Keystone. */
export const IdentityVersion = z.object({ version: z.object({ id: z.string() }) })
/** What either says where it refuses: `{ badRequest: { message } }`, `{ error: { message } }`. */
export const Refusal = z.record(z.string(), z.object({ message: z.string() }))
