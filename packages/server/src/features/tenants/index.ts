export { addTenant, createTenant, createTenantAdmin, findTenant, listTenants, restorableFor } from './actions.ts'
export { provisionTenant } from './provision.ts'
export { addTenantRoutes } from './routes.ts'
export { findBySlug as findTenantBySlug, findPlatform, type TenantRow } from './store.ts'
