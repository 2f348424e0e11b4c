export { addCarryThroughRoutes } from './routes.ts'
export { followDecisions } from './worker.ts'
