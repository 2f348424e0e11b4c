export { type KeyRing, type LiveKey, openKeyRing } from './ring.ts'
export { addModelKeyRoutes } from './routes.ts'
