import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { readAuditSearch } from '../features/audit-log/audit-search.ts'
import { DashboardPage } from '../features/dashboard/DashboardPage.tsx'
import { readJobPageSearch, readJobSearch, readNewJobSearch } from '../features/jobs/job-search.ts'
import { readKeySearch, readUsageSearch } from '../features/models/model-search.ts'
import { readPlaygroundSearch } from '../features/playground/playground-search.ts'
import { readResourceSearch } from '../features/resources/resource-search.ts'
import { SignInPage } from '../features/sign-in/SignInPage.tsx'
import { readUserSearch } from '../features/users/user-search.ts'
import { readWorkspaceSearch, readWorkspaceTab } from '../features/workspaces/workspace-search.ts'
import { ApiProblem } from './api.ts'
import { NotFoundPage, PageFailed } from './errors.tsx'
import { Shell } from './Shell.tsx'
import { gate, queryClient, sessionQuery } from './session.ts'

// A page that is loaded when it is first opened, with the kit's styles for it.
const page = <Name extends string>(load: () => Promise<Record<Name, () => ReactNode>>, name: Name) =>
  lazyRouteComponent(async () => (await Promise.all([load(), import('./kit-rest.ts')]))[0], name)

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: PageFailed })

type From = { from?: string }
const readFrom = (search: Record<string, unknown>): From =>
  // Only a path of our own: never an address elsewhere.
  typeof search.from === 'string' && /^\/(?![/\\])/.test(search.from) ? { from: search.from } : {}

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: readFrom,
})
const signInToRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in/$tenant',
  component: SignInPage,
  validateSearch: readFrom,
})
const setUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/set-up',
  component: page(() => import('../features/sign-in/SetUpLinkPage.tsx'), 'SetUpLinkPage'),
})
const firstRunRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: page(() => import('../features/first-run/FirstRunPage.tsx'), 'FirstRunPage'),
})

const requireSession = async (from: string) => {
  try {
    return await queryClient.ensureQueryData(sessionQuery)
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'not_signed_in') {
      throw redirect({ to: '/sign-in', search: from === '/' || from === '/dashboard' ? {} : { from } })
    }
    throw error
  }
}

const changePasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/change-password',
  component: page(() => import('../features/sign-in/ChangePasswordPage.tsx'), 'ChangePasswordPage'),
  beforeLoad: async () => {
    const session = await requireSession('/dashboard')
    if (!session.passwordChangeRequired) throw redirect({ to: '/dashboard' })
  },
})

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await requireSession(location.href)
    if (session.passwordChangeRequired) throw redirect({ to: '/change-password' })
  },
})
const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/dashboard' })
  },
})
const dashboardRoute = createRoute({ getParentRoute: () => shellRoute, path: '/dashboard', component: DashboardPage })
const usersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/users',
  validateSearch: readUserSearch,
  component: page(() => import('../features/users/UsersPage.tsx'), 'UsersPage'),
})
const importRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/users/import',
  component: page(() => import('../features/users/ImportPage.tsx'), 'ImportPage'),
})
const tabs = ['overview', 'permissions', 'engines', 'sessions', 'activity'] as const
const userRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/users/$id',
  validateSearch: ({ tab }): { tab?: (typeof tabs)[number] } => {
    const known = tabs.find((name) => name === tab)
    return known ? { tab: known } : {}
  },
  component: page(() => import('../features/users/UserPage.tsx'), 'UserPage'),
})
const profileTabs = ['details', 'password', 'sessions', 'activity'] as const
const profileRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/profile',
  validateSearch: ({ tab }): { tab?: (typeof profileTabs)[number] } => {
    const known = profileTabs.find((name) => name === tab)
    return known ? { tab: known } : {}
  },
  component: page(() => import('../features/profile/ProfilePage.tsx'), 'ProfilePage'),
})
const tenantsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/tenants',
  component: page(() => import('../features/tenants/TenantsPage.tsx'), 'TenantsPage'),
})
const enginesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/engines',
  validateSearch: ({ connect }): { connect?: true } =>
    connect === true || connect === 'true' ? { connect: true } : {},
  component: page(() => import('../features/engines/EnginesPage.tsx'), 'EnginesPage'),
})
const engineRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/engines/$id',
  component: page(() => import('../features/engines/EnginePage.tsx'), 'EnginePage'),
})

const rolesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/roles',
  validateSearch: ({ create }): { create?: true } => (create === true || create === 'true' ? { create: true } : {}),
  component: page(() => import('../features/roles/RolesPage.tsx'), 'RolesPage'),
})
const roleRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/roles/$id',
  component: page(() => import('../features/roles/RolePage.tsx'), 'RolePage'),
})
const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/audit',
  validateSearch: readAuditSearch,
  component: page(() => import('../features/audit-log/AuditLogPage.tsx'), 'AuditLogPage'),
})
const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  component: page(() => import('../features/settings/SettingsPage.tsx'), 'SettingsPage'),
})

const bareMetalRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/bare-metal',
  validateSearch: readResourceSearch,
  component: page(() => import('../features/resources/ResourcesPage.tsx'), 'BareMetalPage'),
})
const oneBareMetalRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/bare-metal/$id',
  component: page(() => import('../features/resources/ResourcePage.tsx'), 'MachinePage'),
})
const virtualMachineRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/virtual-machines',
  validateSearch: readResourceSearch,
  component: page(() => import('../features/resources/ResourcesPage.tsx'), 'VirtualMachinesPage'),
})
const oneVirtualMachineRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/virtual-machines/$id',
  component: page(() => import('../features/resources/ResourcePage.tsx'), 'VirtualMachinePage'),
})
const kubernetesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/kubernetes',
  validateSearch: readResourceSearch,
  component: page(() => import('../features/resources/ResourcesPage.tsx'), 'KubernetesPage'),
})
const oneKubernetesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/kubernetes/$id',
  component: page(() => import('../features/resources/ResourcePage.tsx'), 'ClusterSharePage'),
})
const slurmRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/slurm',
  validateSearch: readResourceSearch,
  component: page(() => import('../features/resources/ResourcesPage.tsx'), 'SlurmPage'),
})
const oneSlurmRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/slurm/$id',
  component: page(() => import('../features/resources/ResourcePage.tsx'), 'SlurmNodePage'),
})

const jobsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/jobs',
  validateSearch: readJobSearch,
  component: page(() => import('../features/jobs/JobsPage.tsx'), 'JobsPage'),
})
const newJobRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/jobs/new',
  validateSearch: readNewJobSearch,
  component: page(() => import('../features/jobs/NewJobPage.tsx'), 'NewJobPage'),
})
const jobRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/jobs/$id',
  validateSearch: readJobPageSearch,
  component: page(() => import('../features/jobs/JobPage.tsx'), 'JobPage'),
})
const workspacesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workspaces',
  validateSearch: readWorkspaceSearch,
  component: page(() => import('../features/workspaces/WorkspacesPage.tsx'), 'WorkspacesPage'),
})
const launchRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workspaces/new',
  component: page(() => import('../features/workspaces/LaunchPage.tsx'), 'LaunchPage'),
})
const volumesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workspaces/volumes',
  validateSearch: ({ whose }): { whose?: 'all' } => (whose === 'all' ? { whose } : {}),
  component: page(() => import('../features/workspaces/VolumesPage.tsx'), 'VolumesPage'),
})
const templatesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workspaces/templates',
  component: page(() => import('../features/workspaces/TemplatesPage.tsx'), 'TemplatesPage'),
})
const newTemplateRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workspaces/templates/new',
  validateSearch: ({ copy }): { copy?: string } => (typeof copy === 'string' ? { copy } : {}),
  component: page(() => import('../features/workspaces/TemplatePage.tsx'), 'NewTemplatePage'),
})
const templateRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workspaces/templates/$id',
  component: page(() => import('../features/workspaces/TemplatePage.tsx'), 'TemplatePage'),
})
const workspaceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workspaces/$id',
  validateSearch: readWorkspaceTab,
  component: page(() => import('../features/workspaces/WorkspacePage.tsx'), 'WorkspacePage'),
})

const playgroundRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/playground',
  validateSearch: readPlaygroundSearch,
  component: page(() => import('../features/playground/PlaygroundPage.tsx'), 'PlaygroundPage'),
})
const chatRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/playground/$id',
  component: page(() => import('../features/playground/PlaygroundPage.tsx'), 'ChatPage'),
})
const modelsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/models',
  component: page(() => import('../features/models/ModelsPage.tsx'), 'ModelsPage'),
})
const newModelRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/models/new',
  component: page(() => import('../features/models/ModelFormPage.tsx'), 'NewModelPage'),
})
const keysRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/models/keys',
  validateSearch: readKeySearch,
  component: page(() => import('../features/models/KeysPage.tsx'), 'KeysPage'),
})
const usageRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/models/usage',
  validateSearch: readUsageSearch,
  component: page(() => import('../features/models/UsagePage.tsx'), 'UsagePage'),
})
const modelRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/models/$id',
  component: page(() => import('../features/models/ModelPage.tsx'), 'ModelPage'),
})
const editModelRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/models/$id/edit',
  component: page(() => import('../features/models/ModelFormPage.tsx'), 'EditModelPage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    signInToRoute,
    setUpRoute,
    firstRunRoute,
    changePasswordRoute,
    shellRoute.addChildren([
      homeRoute,
      dashboardRoute,
      usersRoute,
      importRoute,
      userRoute,
      profileRoute,
      tenantsRoute,
      enginesRoute,
      engineRoute,
      rolesRoute,
      roleRoute,
      auditRoute,
      settingsRoute,
      bareMetalRoute,
      oneBareMetalRoute,
      virtualMachineRoute,
      oneVirtualMachineRoute,
      kubernetesRoute,
      oneKubernetesRoute,
      slurmRoute,
      oneSlurmRoute,
      jobsRoute,
      newJobRoute,
      jobRoute,
      workspacesRoute,
      launchRoute,
      volumesRoute,
      templatesRoute,
      newTemplateRoute,
      templateRoute,
      workspaceRoute,
      playgroundRoute,
      chatRoute,
      modelsRoute,
      newModelRoute,
      keysRoute,
      usageRoute,
      modelRoute,
      editModelRoute,
    ]),
  ]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailed,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
})

let leaving = false
gate.leave = async (code) => {
  const from = router.state.location.href
  const owed = code === 'password_change_required'
  if (leaving || /^\/(sign-in|set-up|setup)/.test(from) || (owed && from.startsWith('/change-password'))) return
  leaving = true
  try {
    if (owed) {
      await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => {})
      await router.navigate({ to: '/change-password' })
    } else {
      await router.navigate({ to: '/sign-in', search: { from } })
      // Only now: the page that was left still drew what is forgotten here.
      queryClient.clear()
    }
  } finally {
    leaving = false
  }
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
