export { type DashboardEvents, openDashboardEvents } from './events.ts'
export { addDashboardRoutes } from './routes.ts'
