export { addTenant, createTenant, createTenantAdmin } from './actions.ts'
export { addTenantRoutes } from './routes.ts'
export { findBySlug as findTenantBySlug, type TenantRow } from './store.ts'
