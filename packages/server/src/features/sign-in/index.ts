export { type Opened, startFor } from './actions.ts'
export { addSignInRoutes, openGoOn, welcome } from './routes.ts'
export { type Candidate, findById as findCandidateById, setPassword, setSignedIn } from './store.ts'
