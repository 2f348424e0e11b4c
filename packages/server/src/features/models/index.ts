export { addModelRoutes } from './routes.ts'
export { mayUse, type Person } from './rules.ts'
export { type OpenModel, openShelf, type Shelf } from './shelf.ts'
export { watchModels } from './watch.ts'
