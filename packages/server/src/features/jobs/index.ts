export { cancelJobsOf, countOpenJobs, type Silent } from './of-person.ts'
export { addJobRoutes } from './routes.ts'
