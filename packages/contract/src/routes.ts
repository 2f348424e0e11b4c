import * as announcements from './announcements.ts'
import * as audit from './audit.ts'
import * as belongings from './belongings.ts'
import * as chats from './chats.ts'
import * as dashboard from './dashboard.ts'
import * as engines from './engines.ts'
import * as jobs from './jobs.ts'
import * as modelKeys from './model-keys.ts'
import * as modelUsage from './model-usage.ts'
import * as models from './models.ts'
import * as profile from './profile.ts'
import * as resources from './resources.ts'
import * as roles from './roles.ts'
import type { Route } from './route.ts'
import * as session from './session.ts'
import * as tenants from './tenants.ts'
import * as userQuotas from './user-quotas.ts'
import * as users from './users.ts'
import * as workspaceTemplates from './workspace-templates.ts'
import * as workspaces from './workspaces.ts'

const isRoute = (value: unknown): value is Route => typeof value === 'object' && value !== null && 'operation' in value

/** Every route of the API, in the order of the description. */
export const allRoutes: readonly Route[] = [
  session,
  profile,
  users,
  roles,
  tenants,
  audit,
  dashboard,
  announcements,
  resources,
  engines,
  jobs,
  workspaces,
  workspaceTemplates,
  userQuotas,
  belongings,
  models,
  chats,
  modelKeys,
  modelUsage,
].flatMap((feature) => Object.values(feature).filter(isRoute))
