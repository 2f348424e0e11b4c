export { addModelUsageRoutes } from './routes.ts'
