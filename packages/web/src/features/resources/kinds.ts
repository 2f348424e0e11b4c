import type { ResourceKind } from '@tenantry/contract'

/** Where the pages of each kind are, and what answers them. */
export const kinds = {
  baremetal: {
    path: '/bare-metal',
    list: 'listBareMetal',
    get: 'getBareMetal',
    power: 'powerBareMetal',
    view: 'baremetal.view',
    mayPower: 'baremetal.power',
  },
  vm: {
    path: '/virtual-machines',
    list: 'listVirtualMachines',
    get: 'getVirtualMachine',
    power: 'powerVirtualMachine',
    view: 'vm.view',
    mayPower: 'vm.power',
  },
  kubernetes: {
    path: '/kubernetes',
    list: 'listKubernetes',
    get: 'getKubernetes',
    power: null,
    view: 'kubernetes.view',
    mayPower: null,
  },
  slurm: { path: '/slurm', list: 'listSlurm', get: 'getSlurm', power: null, view: 'slurm.view', mayPower: null },
} as const satisfies Record<ResourceKind, object>
