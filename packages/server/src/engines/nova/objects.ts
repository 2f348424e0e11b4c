import { z } from 'zod'
import { flag, listOf, mapOf, maybe, number, text } from '../shape.ts'

// The fields that are read of Nova (compute v2.1, microversion 2.47).

const Flavor = maybe(
  z.object({
    original_name: text,
    vcpus: number,
    /** MiB. */
    ram: number,
    extra_specs: mapOf(z.union([z.string(), z.number()])),
  }),
)

export const Server = z.object({
  id: z.string(),
  name: z.string(),
  tenant_id: text,
  project_id: text,
  status: text,
  created: text,
  'OS-EXT-STS:vm_state': text,
  'OS-EXT-STS:task_state': text,
  'OS-EXT-AZ:availability_zone': text,
  locked: flag,
  fault: maybe(z.object({ message: text })),
  key_name: text,
  addresses: mapOf(listOf(z.object({ addr: text }))),
  flavor: Flavor,
})
export type Server = z.infer<typeof Server>

export const ServerPage = z.object({
  servers: z.array(Server),
  servers_links: listOf(z.object({ rel: text, href: text })),
})
export const OneServer = z.object({ server: Server })

/** `GET /` of Nova's version: what it speaks at most. */
export const ApiVersion = z.object({ version: z.object({ id: text, version: text, min_version: text }) })
