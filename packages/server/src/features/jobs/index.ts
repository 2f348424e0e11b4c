export { cancelJobsOf, countOpenJobs, isNoWorkspace, type Silent } from './of-person.ts'
export { addJobRoutes } from './routes.ts'
