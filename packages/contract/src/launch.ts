import { z } from 'zod'

/** Whole GPUs of one model, or slices of one MIG profile of it, such as `1g.10gb`. */
export const Accelerator = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('gpu'), model: z.string().min(1).max(60), count: z.int().min(1).max(64) }),
  z.object({
    kind: z.literal('mig'),
    model: z.string().min(1).max(60),
    profile: z.string().regex(/^\d{1,2}g\.\d{1,3}gb(\+me|\.me)?$/, { error: 'such as 1g.10gb' }),
    count: z.int().min(1).max(64),
  }),
])
export type Accelerator = z.infer<typeof Accelerator>

/** What a workspace takes, or would take. */
export const Want = z.object({
  cpus: z.number(),
  memoryMiB: z.number(),
  accelerator: Accelerator.nullable(),
  /** Of a volume that is made for it; 0 where none is. */
  storageGiB: z.number(),
})
export type Want = z.infer<typeof Want>

/** One bound on what may be used: `used` counts what workspaces hold and jobs use, `free` what the engine has free besides. */
export const Bound = z.object({
  /** Whose bound: the tenant’s share of the engine, the person’s own, or what the engine has. */
  of: z.enum(['tenant', 'user', 'engine']),
  what: z.enum(['gpus', 'mig', 'cpus', 'memoryMiB', 'storageGiB', 'workspaces']),
  /** Of GPUs, their model; of slices, their profile as well; null: of every model together. */
  model: z.string().nullable(),
  profile: z.string().nullable(),
  /** Null: no bound. */
  total: z.number().nullable(),
  used: z.number(),
  /**
   * Of GPUs: MIG slices count in it as well, one as one GPU, but those of these profiles, which have a bound of their own.
   * Missing: whole GPUs alone.
   */
  slicesBut: z.array(z.string()).optional(),
})
export type Bound = z.infer<typeof Bound>
