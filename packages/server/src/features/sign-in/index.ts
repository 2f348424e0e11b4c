export { type Opened, startFor } from './actions.ts'
export { addSignInRoutes, welcome } from './routes.ts'
export { type Candidate, findById as findCandidateById, setPassword, setSignedIn } from './store.ts'
