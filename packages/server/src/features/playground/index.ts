export { restorableFor as chatRestorableFor } from './chats.ts'
export { addPlaygroundRoutes } from './routes.ts'
