import type { Model } from '@tenantry/contract'
import { mayUse, type Person } from './rules.ts'
import type { ModelRow } from './store.ts'

export const present = (row: ModelRow, person: Person): Model => {
  const { doc } = row
  return {
    ...doc,
    id: row.id,
    name: row.name,
    enabled: row.enabled,
    usable: mayUse({ enabled: row.enabled, roleIds: doc.roleIds }, person),
    health: { status: row.status ?? 'waiting', asOf: row.as_of?.toISOString() ?? null, reason: row.reason },
    metrics: row.metrics,
    endpoint: person.permissions.has('model.publish')
      ? {
          address: row.address,
          ca: row.ca,
          model: row.upstream,
          credential: row.credential !== null,
          credentialRotatedAt: row.credential_rotated_at?.toISOString() ?? null,
        }
      : null,
    version: row.version,
    publishedAt: row.created_at.toISOString(),
  }
}
