import { audit } from './audit.ts'
import { common } from './common.ts'
import { dashboard } from './dashboard.ts'
import type { engines } from './engines.ts'
import type { jobs } from './jobs.ts'
import type { models } from './models.ts'
import type { playground } from './playground.ts'
import { profile } from './profile.ts'
import { resources } from './resources.ts'
import { roles } from './roles.ts'
import { signIn } from './sign-in.ts'
import { tenants } from './tenants.ts'
import { users } from './users.ts'
import type { workspaces } from './workspaces.ts'

export const en = { ...common, signIn, users, profile, roles, tenants, audit, dashboard, resources } as const

/** All there is to say, with what a feature brings along when it is loaded. */
export type Messages = typeof en & {
  engines: typeof engines
  jobs: typeof jobs
  workspaces: typeof workspaces
  models: typeof models
  playground: typeof playground
}
