import { NewJob, type Scope } from '@tenantry/contract'
import { EngineError, type Person } from '../../packages/server/src/engines/port.ts'

export const acme: Scope = { kind: 'slurm', accounts: ['acme'], partitions: ['acme'], prefix: null }
export const globex: Scope = { kind: 'slurm', accounts: ['globex'], partitions: ['globex', 'cpu'], prefix: 'gx-' }

export const person = (username: string, tenant = 'acme'): Person => ({
  username,
  tenant,
  mayUse: true,
  mayManage: false,
})

export const job = (name: string, script: string, more: Partial<NewJob> = {}): NewJob =>
  NewJob.parse({
    engineId: '0190a8f0-0000-7000-8000-000000000000',
    name,
    script: `#!/bin/bash\n${script}\n`,
    where: 'acme',
    cpus: 1,
    memoryMiB: 200,
    minutes: 10,
    ...more,
  })

/** The kind of the error that something ends with, and its sentence. Throws where it ends otherwise. */
export async function refusal(asked: Promise<unknown> | undefined): Promise<[string, string]> {
  const error = await asked?.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof EngineError)) throw error ?? new Error('it was not refused')
  return [error.kind, error.message]
}
