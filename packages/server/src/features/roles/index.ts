export { createBuiltInRoles } from './actions.ts'
export { addRoleRoutes } from './routes.ts'
export {
  find as findRole,
  findBuiltIn as findBuiltInRole,
  findNamed as findRoleNamed,
  insert as insertRoles,
  list as rolesOf,
  type RoleRow,
} from './store.ts'
