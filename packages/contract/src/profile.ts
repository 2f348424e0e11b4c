import { z } from 'zod'
import { ActivityEntry } from './audit.ts'
import { Email, Id, Password, PersonName, pageOf, paging } from './fields.ts'
import { route } from './route.ts'
import { OwnSession } from './session.ts'
import { User } from './users.ts'

export const getProfile = route('getProfile', 'GET /profile', {
  summary: 'Your own profile. The ETag names its version.',
  tag: 'Profile',
  needs: 'session',
  answers: { 200: User },
  problems: [],
})

export const editProfile = route('editProfile', 'PATCH /profile', {
  summary: 'Change your own e-mail address and names.',
  tag: 'Profile',
  needs: 'session',
  body: z.object({ email: Email, firstName: PersonName, lastName: PersonName }).partial(),
  answers: { 200: User },
  problems: ['email_taken', 'changed_meanwhile', 'precondition_required'],
  ifMatch: true,
})

export const changeOwnPassword = route('changeOwnPassword', 'POST /profile/password', {
  summary: 'Change your own password. Ends your other sessions.',
  tag: 'Profile',
  needs: 'session',
  body: z.object({ currentPassword: z.string().max(512), newPassword: Password, confirmPassword: Password }),
  answers: { 204: null },
  problems: ['wrong_password', 'weak_password', 'too_many_attempts'],
})

export const listOwnSessions = route('listOwnSessions', 'GET /profile/sessions', {
  summary: 'Where you are signed in.',
  tag: 'Profile',
  needs: 'session',
  answers: { 200: z.object({ items: z.array(OwnSession) }) },
  problems: [],
})

export const endOwnSession = route('endOwnSession', 'DELETE /profile/sessions/:id', {
  summary: 'End one of your sessions.',
  tag: 'Profile',
  needs: 'session',
  params: z.object({ id: Id }),
  answers: { 204: null },
  problems: ['not_found'],
})

export const endOtherSessions = route('endOtherSessions', 'DELETE /profile/sessions', {
  summary: 'End all of your sessions but this one.',
  tag: 'Profile',
  needs: 'session',
  answers: { 200: z.object({ ended: z.int() }) },
  problems: [],
})

export const listOwnActivity = route('listOwnActivity', 'GET /profile/activity', {
  summary: 'What you did and what was done to you, newest first.',
  tag: 'Profile',
  needs: 'session',
  query: z.object(paging),
  answers: { 200: pageOf(ActivityEntry) },
  problems: ['invalid_cursor'],
})
