import type { Job } from '@tenantry/contract'
import type { Named } from '../../ui/person.ts'

/** Whose a job is: somebody of the tenant, else whoever the engine says. */
export const ownerOf = ({ person, owner }: Pick<Job, 'person' | 'owner'>): Named =>
  person ?? { username: owner, name: null }
