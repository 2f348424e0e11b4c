export { disableUser, enableUser, resetPassword, unlockUser } from './actions.ts'
export { forEachUser } from './bulk.ts'
export { changeUser, keepAnAdminBeside, refreshActor, targetOf } from './change.ts'
export { createUserInRole, type NewUserInput } from './create.ts'
export { addUserRoutes } from './routes.ts'
export { isTenantAdmin, present as presentUser, restorableFor } from './rules.ts'
export { sessionsOf } from './sessions.ts'
export {
  find as findUser,
  findNamed as findUserNamed,
  insert as insertUsers,
  lock as lockUsers,
  update as updateUser,
} from './store.ts'
export { listUsers } from './view.ts'
