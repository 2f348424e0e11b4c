import * as contract from '@tenantry/contract'
import type { Client } from './client.ts'
import { allocateTo, connect, engineSettings, takenIn } from './engines.ts'
import { type FakeHost, openFakeHost } from './fake-host.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from './house.ts'
import { type MadeUpJobs, makeUpJobs } from './made-up-jobs.ts'

/** Two tenants, of which acme has workspaces and jobs at a Slurm that is made up, and a template of its own. */
export type WorkspacesHouse = {
  house: TestHouse
  host: FakeHost
  made: MadeUpJobs
  acme: Awaited<ReturnType<typeof twoTenants>>['acme']
  globex: Awaited<ReturnType<typeof twoTenants>>['globex']
  /** Of acme. */
  admin: Client
  user: Client
  engineId: string
  templateId: string
  close(): Promise<void>
}

export async function openWorkspacesHouse(): Promise<WorkspacesHouse> {
  const made = makeUpJobs()
  const host = await openFakeHost()
  const house = await openTestHouse(engineSettings, { open: () => ({ ...made.open(), workspaces: host.host }) })
  const { acme, globex } = await twoTenants(house)
  const platform = await house.signedIn(root)
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  const engineId = await connect(platform, { kind: 'slurm', name: 'hpc', address: 'http://127.0.0.1:9', credential })
  await allocateTo(platform, acme.tenant, engineId, { kind: 'slurm', accounts: ['acme'], partitions: ['gpu'] })
  const admin = await house.signedIn(acme.admin)
  await takenIn(admin, acme.user, acme.admin)
  const { status, body } = await admin.ask(contract.createTemplate, {
    body: {
      name: 'Jupyter',
      engineId,
      placement: { where: 'gpu', account: 'acme' },
      profiles: [{ id: 'cpu', name: 'CPU', cpus: 2, memoryMiB: 4096, accelerator: null }],
      limits: { cpus: 16, memoryMiB: 65_536, volumeGiB: 100, idleMinutes: 60 },
    },
  })
  if (status !== 201) throw new Error(JSON.stringify(body))
  return {
    ...{ house, host, made, acme, globex, admin, engineId, templateId: body.id },
    user: await house.signedIn(acme.user),
    async close() {
      await house.close()
      await host.close()
    },
  }
}
