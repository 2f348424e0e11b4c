import { z } from 'zod'

// Bidirectional overrides and isolates, zero-width characters and the byte order mark reorder or hide text (Unicode TR 36).
const deceptive = /[\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u
const control = /\p{Cc}|\p{Cs}|\p{Co}/u
// A joiner is part of ordinary spelling in Persian and Indic names and of emoji; only outside of those is it a trick.
const withoutJoiners = (text: string) => text.replace(/(?<=\p{L}|\p{M})[\u200C\u200D](?=\p{L})/gu, '')

/** One line of text for people: trimmed, NFC, without control or direction-changing characters. */
export const lineOfText = (max: number, min = 1) =>
  z
    .string()
    .max(max * 4, { error: `at most ${max} characters` })
    .refine((text) => !control.test(text), { error: 'contains a control character' })
    .refine((text) => !deceptive.test(withoutJoiners(text)), {
      error: 'contains an invisible or direction-changing character',
    })
    .overwrite((text) => text.normalize('NFC').trim().replace(/\s+/gu, ' '))
    .refine((text) => [...text].length >= min, {
      error: min === 1 ? 'must not be empty' : `at least ${min} characters`,
    })
    .refine((text) => [...text].length <= max, { error: `at most ${max} characters` })

/** Immutable, unique in its tenant, usable as a POSIX and Slurm user name. */
export const Username = z.string().regex(/^[a-z][a-z0-9._-]{1,31}$/, {
  error: '2 to 32 lower-case letters, digits, dots, underscores or hyphens, beginning with a letter',
})

/** An address with one @ and a domain with a dot; unique in its tenant without regard to case. 254 characters at most (RFC 5321). */
export const Email = z
  .string()
  .max(254, { error: 'at most 254 characters' })
  .overwrite((text) => text.trim())
  .pipe(z.email({ error: 'is not an e-mail address' }))

export const PersonName = lineOfText(100)

/**
 * A password as typed: never trimmed, never truncated. Length and blocklist depend on the tenant and are judged
 * with the user at hand (SP 800-63B-4 3.1.1.2); here only what no tenant allows.
 */
export const Password = z
  .string()
  .min(1, { error: 'must not be empty' })
  .max(512, { error: 'at most 128 characters' })
  .refine((text) => !/\p{Cc}|\p{Cs}/u.test(text), { error: 'contains a control character' })

/** The name of a tenant in addresses. */
export const Slug = z.string().regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/, {
  error: '2 to 40 lower-case letters, digits or hyphens, beginning with a letter, not ending with a hyphen',
})

/** Of a variable of the environment. */
export const VariableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,100}$/, {
  error: '1 to 101 letters, digits and underscores, not beginning with a digit',
})

export const Id = z.uuid({ error: 'is not an id' })

/** Somebody of the tenant. `name` is first and last name; null where there is none, or they were deleted. */
export const Person = z.object({ id: Id, username: z.string(), name: z.string().nullable() })
export type Person = z.infer<typeof Person>

/** RFC 3339, UTC, milliseconds. */
export const Instant = z.iso.datetime()

/** One page of a list, by keyset: `next` and `previous` are opaque cursors for the pages on either side. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable(), previous: z.string().nullable() })

/** Query fields of every paged list. */
export const paging = {
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
}
