import { audit } from './audit.ts'
import { common } from './common.ts'
import { dashboard } from './dashboard.ts'
import { profile } from './profile.ts'
import { roles } from './roles.ts'
import { signIn } from './sign-in.ts'
import { tenants } from './tenants.ts'
import { users } from './users.ts'

export const en = { ...common, signIn, users, profile, roles, tenants, audit, dashboard } as const
