export { issueLink, setUpByOperator } from './actions.ts'
export { addFirstRunRoutes } from './routes.ts'
