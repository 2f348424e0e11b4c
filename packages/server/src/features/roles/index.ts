export { createBuiltInRoles } from './actions.ts'
export { addRoleRoutes } from './routes.ts'
export { find as findRole, findBuiltIn as findBuiltInRole, list as rolesOf, type RoleRow } from './store.ts'
