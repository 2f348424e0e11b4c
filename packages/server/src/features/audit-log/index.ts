export { addAuditLogRoutes } from './routes.ts'
export { type Verdict, verifyTenant } from './verify.ts'
