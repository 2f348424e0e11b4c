import * as contract from '@tenantry/contract'
import { authorize } from '../../platform/access/authorize.ts'
import type { Deps } from '../../platform/deps.ts'
import type { On } from '../../platform/http/registrar.ts'
import type { OpenEngines } from '../engines/index.ts'
import * as act from './act.ts'
import { getResource, listResources } from './list.ts'
import { listQuotas } from './quotas.ts'

const byKind = {
  baremetal: [contract.listBareMetal, contract.getBareMetal],
  vm: [contract.listVirtualMachines, contract.getVirtualMachine],
  kubernetes: [contract.listKubernetes, contract.getKubernetes],
  slurm: [contract.listSlurm, contract.getSlurm],
} as const

export function addResourceRoutes(on: On, deps: Deps, engines: OpenEngines): void {
  for (const kind of contract.resourceKinds) {
    const [list, get] = byKind[kind]
    on(list, async ({ actor, query }) => {
      authorize(actor, contract.mayView[kind])
      return listResources(deps, actor, kind, query)
    })
    on(get, async ({ actor, params }) => {
      authorize(actor, contract.mayView[kind])
      return getResource(deps, actor, kind, params.id)
    })
  }
  on(contract.powerBareMetal, ({ actor, params, body }) =>
    act.power(deps, engines, actor, 'baremetal', params.id, body.verb),
  )
  on(contract.powerVirtualMachine, ({ actor, params, body }) =>
    act.power(deps, engines, actor, 'vm', params.id, body.verb),
  )
  on(contract.makeKubeconfig, ({ actor, params }) => act.makeKubeconfig(deps, engines, actor, params.id))
  on(contract.listQuotas, ({ actor }) => listQuotas(deps, actor))
}
