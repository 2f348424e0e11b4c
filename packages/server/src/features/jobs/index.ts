export { addJobRoutes } from './routes.ts'
