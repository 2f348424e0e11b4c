import { common } from './common.ts'
import { dashboard } from './dashboard.ts'
import { profile } from './profile.ts'
import { signIn } from './sign-in.ts'
import { tenants } from './tenants.ts'
import { users } from './users.ts'

export const en = { ...common, signIn, users, profile, tenants, dashboard } as const
