export { cancelJobsOf, countOpenJobs } from './of-person.ts'
export { addJobRoutes } from './routes.ts'
