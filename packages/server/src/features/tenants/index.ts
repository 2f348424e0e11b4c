export { addTenant, createTenant, createTenantAdmin, listTenants } from './actions.ts'
export { addTenantRoutes } from './routes.ts'
export { findBySlug as findTenantBySlug, type TenantRow } from './store.ts'
