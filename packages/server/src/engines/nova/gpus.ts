import type { GpuAmount } from '@tenantry/contract'
import { tidyModel } from '../gpu-names.ts'

/** Devices that are passed through and are no GPUs. */
const otherDevices = /(^|[^a-z])(nic|qat|sriov|nvme|ssd|fpga|net|infiniband|ib|hca|mlx\w*|vf|usb)([^a-z]|$)/i
/** Custom resource classes that are GPUs: `CUSTOM_GPU_A100`, `CUSTOM_H100`. A class of a whole machine is none. */
const gpuClass = /(^|_)(V?GPU|NVIDIA|TESLA|RTX|GRID|MIG|M[IX]?\d{2,3}X?|[AHBLVTPK]\d{1,3}\w?|G[HB]\d{3})(_|$)/

/**
 * The GPUs of a flavor by its extra specs: devices passed through by their alias (`pci_passthrough:alias` = `a100:2`, several
 * with commas between), vGPUs (`resources:VGPU` = `1`) and custom resource classes. The operator chooses the aliases; a part
 * of a GPU has the profile `vGPU`. Groups of resources (`resources1:VGPU`) count as well.
 */
export function gpusOfFlavor(specs: Record<string, string | number>, isUsed: boolean): GpuAmount[] {
  const amounts = new Map<string, GpuAmount>()
  const count = (model: string, profile: string | null, given: string | undefined) => {
    const more = Number(given ?? 1)
    if (!Number.isInteger(more) || more <= 0) return
    const key = `${model}\n${profile ?? ''}`
    const amount = amounts.get(key) ?? { model, profile, total: 0, used: 0, free: 0 }
    amount.total += more
    amount[isUsed ? 'used' : 'free'] += more
    amounts.set(key, amount)
  }
  for (const [key, value] of Object.entries(specs)) {
    if (key === 'pci_passthrough:alias') {
      for (const alias of String(value).split(',')) {
        const [name = '', many] = alias.trim().split(':')
        if (name !== '' && !otherDevices.test(name)) count(tidyModel(name), null, many)
      }
    }
    const [, resource = ''] = /^resources\w*:(.+)$/.exec(key) ?? []
    if (resource === 'VGPU') count('any', 'vGPU', String(value))
    else if (resource === 'PGPU') count('any', null, String(value))
    else if (resource.startsWith('CUSTOM_') && !resource.startsWith('CUSTOM_BAREMETAL')) {
      const name = resource.slice('CUSTOM_'.length)
      const isPart = /(^|_)(VGPU|MIG)(_|$)/.test(name)
      if (gpuClass.test(name)) count(modelOf(name), isPart ? 'vGPU' : null, String(value))
    }
  }
  return [...amounts.values()]
}

/** `GPU_A100_80GB` → `A100-80GB`; the class that says no more than that it is a GPU is of any model. */
function modelOf(name: string): string {
  const model = name.replace(/(^|_)V?GPU(?=_|$)/g, '').replace(/^_+|_+$/g, '')
  return model === '' ? 'any' : tidyModel(model)
}
