import { z } from 'zod'
import { Email, Id, Instant, Password, PersonName, Slug, Username } from './fields.ts'
import { permissions } from './permissions.ts'
import { route } from './route.ts'

/** What a password must satisfy here, for the page to say so while it is typed. Lengths in characters. */
export const PasswordPolicy = z.object({ minLength: z.int(), maxLength: z.int() })

/** Who is signed in, where, and what they may do right now. */
export const Session = z.object({
  user: z.object({ id: Id, username: z.string(), email: z.string(), firstName: z.string(), lastName: z.string() }),
  role: z.object({ id: Id, name: z.string() }),
  tenant: z.object({ id: Id, slug: z.string(), name: z.string(), kind: z.enum(['platform', 'tenant']) }),
  /** Where somebody of the platform has come from who has gone to this tenant. */
  visitingFrom: z.object({ slug: z.string(), name: z.string() }).nullable(),
  permissions: z.array(z.enum(permissions)),
  /** While true, nothing else than changing the password and signing out is reachable. */
  passwordChangeRequired: z.boolean(),
  passwordPolicy: PasswordPolicy,
  expiresAt: Instant,
})
export type Session = z.infer<typeof Session>

const newPassword = { newPassword: Password, confirmPassword: Password }

export const signIn = route('signIn', 'POST /sign-in', {
  summary: 'Sign in with organization, username or e-mail, and password. Sets the session cookie.',
  tag: 'Sign-in',
  needs: 'anyone',
  body: z.object({
    organization: z.string().max(100),
    usernameOrEmail: z.string().max(254),
    password: z.string().max(512),
  }),
  answers: { 200: Session },
  problems: ['sign_in_refused', 'too_many_attempts', 'unavailable'],
})

export const getSession = route('getSession', 'GET /session', {
  summary: 'Who am I, and what may I do right now.',
  tag: 'Sign-in',
  needs: 'any_session',
  answers: { 200: Session },
  problems: [],
})

export const signOut = route('signOut', 'DELETE /session', {
  summary: 'Sign out: end this session.',
  tag: 'Sign-in',
  needs: 'any_session',
  answers: { 204: null },
  problems: [],
})

export const choosePassword = route('choosePassword', 'POST /session/password', {
  summary: 'Choose a lasting password in place of a temporary one. Opens a full session.',
  tag: 'Sign-in',
  needs: 'any_session',
  body: z.object(newPassword),
  answers: { 200: Session },
  problems: ['weak_password', 'wrong_state'],
})

export const openSetUpLink = route('openSetUpLink', 'POST /set-up-links/open', {
  summary: 'Whom a set-up link is for, without using it up.',
  tag: 'Sign-in',
  needs: 'anyone',
  body: z.object({ token: z.string().max(200) }),
  answers: {
    200: z.object({
      username: z.string(),
      firstName: z.string(),
      tenant: z.object({ slug: z.string(), name: z.string() }),
      passwordPolicy: PasswordPolicy,
      expiresAt: Instant,
    }),
  },
  problems: ['link_invalid', 'too_many_attempts'],
})

export const acceptSetUpLink = route('acceptSetUpLink', 'POST /set-up-links/accept', {
  summary: 'Choose the first password by a set-up link, and sign in.',
  tag: 'Sign-in',
  needs: 'anyone',
  body: z.object({ token: z.string().max(200), ...newPassword }),
  answers: { 200: Session },
  problems: ['link_invalid', 'weak_password', 'too_many_attempts'],
})

export const getFirstRun = route('getFirstRun', 'GET /first-run', {
  summary: 'Whether this platform still waits for its first Platform Admin.',
  tag: 'First run',
  needs: 'anyone',
  answers: { 200: z.object({ needed: z.boolean(), passwordPolicy: PasswordPolicy }) },
  problems: [],
})

export const setUpPlatform = route('setUpPlatform', 'POST /first-run', {
  summary: 'Create the first Platform Admin with the one-time set-up link from the log, and sign in.',
  tag: 'First run',
  needs: 'anyone',
  body: z.object({
    token: z.string().max(200),
    username: Username,
    email: Email,
    firstName: PersonName,
    lastName: PersonName,
    password: Password,
    confirmPassword: Password,
  }),
  answers: { 201: Session },
  problems: ['setup_token_required', 'set_up_already', 'weak_password', 'too_many_attempts'],
})

export const openFirstRunLink = route('openFirstRunLink', 'POST /first-run/open', {
  summary: 'Whether the one-time set-up link from the log is right, without using it up.',
  tag: 'First run',
  needs: 'anyone',
  body: z.object({ token: z.string().max(200) }),
  answers: { 200: z.object({ expiresAt: Instant }) },
  problems: ['setup_token_required', 'set_up_already', 'too_many_attempts'],
})

export const OwnSession = z.object({
  id: Id,
  current: z.boolean(),
  address: z.string(),
  device: z.string(),
  createdAt: Instant,
  lastSeenAt: Instant,
  expiresAt: Instant,
})

export const Tenant = z.object({
  id: Id,
  slug: Slug,
  name: z.string(),
  description: z.string(),
  kind: z.enum(['platform', 'tenant']),
  status: z.enum(['processing', 'active', 'failed', 'suspended', 'deleted', 'erased']),
  createdAt: Instant,
  /** Why making it failed. */
  statusReason: z.string().nullable(),
  /** When a deleted tenant is erased. */
  eraseAt: Instant.nullable(),
  version: z.int(),
})
export type Tenant = z.infer<typeof Tenant>
