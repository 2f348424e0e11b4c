import type { EngineCredential, EngineKind } from '@tenantry/contract'
import { openEngine } from '../../engines/index.ts'
import type { Engine } from '../../engines/port.ts'
import { EngineError } from '../../engines/port.ts'
import type { Deps } from '../../platform/deps.ts'
import { BoxRefused } from '../../platform/secrets/box.ts'

type Stored = {
  id: string
  kind: EngineKind
  address: string | null
  ca: string | null
  credential: Buffer
  version: number
}

/** What a credential is sealed for: of one engine it does not open for another. */
export const purposeOf = (engineId: string): string => `credential of engine ${engineId}`

export type OpenEngines = {
  /** The engine as it is connected now. Errors: `EngineError` where its credential cannot be read. */
  of(stored: Stored): Engine
  close(): void
}

/** Keeps one open engine of each, and opens it anew when it was changed. */
export function keepEnginesOpen(
  { box, engineAddresses: allowed, localWorkspaces }: Pick<Deps, 'box' | 'engineAddresses' | 'localWorkspaces'>,
  open: typeof openEngine = openEngine,
): OpenEngines {
  const kept = new Map<string, { version: number; engine: Engine }>()
  return {
    of(stored) {
      const known = kept.get(stored.id)
      if (known?.version === stored.version) return known.engine
      known?.engine.close()
      const credential = unseal(box, stored)
      const { kind, address, ca } = stored
      const engine = open({ kind, address, ca, credential, allowed, localWorkspaces })
      kept.set(stored.id, { version: stored.version, engine })
      return engine
    },
    close() {
      for (const { engine } of kept.values()) engine.close()
      kept.clear()
    },
  }
}

function unseal(box: Deps['box'], { id, credential }: Stored): EngineCredential {
  const key = box()
  if (key === null) throw new EngineError('unauthorised', 'Its credential cannot be read: SECRET_KEY is not set.')
  try {
    return JSON.parse(key.open(credential, purposeOf(id))) as EngineCredential
  } catch (error) {
    if (error instanceof BoxRefused)
      throw new EngineError('unauthorised', `Its credential cannot be read. ${error.message}`)
    throw error
  }
}
