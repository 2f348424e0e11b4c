import { openHttp } from './http.ts'
import { openIronic } from './ironic/index.ts'
import { openKubernetes } from './kubernetes/index.ts'
import { openKubeVirt } from './kubevirt/index.ts'
import { openMetal3 } from './metal3/index.ts'
import { openNova } from './nova/index.ts'
import { type Engine, EngineError, type Opening } from './port.ts'
import { openSlurm } from './slurm/index.ts'
import { openThisMachine } from './this-machine/index.ts'

/** Opens the connector of an engine. Asks nothing yet. Errors: `EngineError` where the address is missing. */
export function openEngine(opening: Opening): Engine {
  const { kind, address, ca, allowed } = opening
  if (kind === 'this_machine') return openThisMachine(opening)
  if (address === null) throw new EngineError('unreachable', 'It has no address.')
  const http = openHttp(address, ca, allowed)
  switch (kind) {
    case 'slurm':
      return openSlurm(opening, http)
    case 'ironic':
      return openIronic(opening, http)
    case 'kubernetes':
      return openKubernetes(opening, http)
    case 'kubevirt':
      return openKubeVirt(opening, http)
    case 'metal3':
      return openMetal3(opening, http)
    case 'nova':
      return openNova(opening, http)
  }
}
