export { createBuiltInRoles } from './actions.ts'
export { addRoleRoutes } from './routes.ts'
export { find as findRole, insert as insertRoles, findBuiltIn as findBuiltInRole, findNamed as findRoleNamed, list as rolesOf, type RoleRow } from './store.ts'
