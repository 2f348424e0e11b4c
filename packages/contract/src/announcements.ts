import { z } from 'zod'
import { Id, Instant, lineOfText } from './fields.ts'
import { route } from './route.ts'

/** Something that everybody of the tenant should know, until a day or until it is taken down. */
export const Announcement = z.object({
  id: Id,
  title: z.string(),
  text: z.string(),
  author: z.string(),
  createdAt: Instant,
  until: Instant.nullable(),
})
export type Announcement = z.infer<typeof Announcement>

const tag = 'Dashboard'

export const listAnnouncements = route('listAnnouncements', 'GET /announcements', {
  summary: 'What everybody of the tenant should know just now, the latest first.',
  tag,
  needs: 'session',
  answers: { 200: z.object({ items: z.array(Announcement) }) },
  problems: [],
})
export const announce = route('announce', 'POST /announcements', {
  summary: 'Tell everybody of the tenant something, until a moment or until it is taken down.',
  tag,
  needs: 'tenant.update_settings',
  body: z.object({
    title: lineOfText(120),
    text: lineOfText(1000, 0).default(''),
    until: Instant.nullable().default(null),
  }),
  answers: { 201: Announcement },
  problems: ['wrong_state'],
})
export const takeDownAnnouncement = route('takeDownAnnouncement', 'DELETE /announcements/:id', {
  summary: 'Take an announcement down.',
  tag,
  needs: 'tenant.update_settings',
  params: z.object({ id: Id }),
  answers: { 204: null },
  problems: ['not_found'],
})
