export { addRoleRoutes } from './routes.ts'
