import type { ModelMetrics, ModelTest } from '@tenantry/contract'
import { secretIn } from '../../engines/http.ts'
import { EngineError } from '../../engines/port.ts'
import type { ModelCounters } from '../../platform/database/schema.ts'
import type { Deps } from '../../platform/deps.ts'
import { without } from '../../platform/secrets/without.ts'
import { type Endpoint, openEndpoint } from './endpoint.ts'
import { readPrometheus } from './prometheus.ts'

const megabyte = 1024 * 1024

/**
 * What an endpoint says it serves; null where it does not say. Errors: `EngineError`, where it is not there, knows no such
 * credential, or talks of something else.
 */
export async function listServed({ http, headers }: Endpoint, ms: number): Promise<ModelTest['models'] | null> {
  const signal = AbortSignal.timeout(ms)
  try {
    const answer = await http.json<{ data?: unknown }>('/models', { headers, signal, most: 4 * megabyte })
    if (!Array.isArray(answer?.data)) throw new EngineError('garbage', 'What it answered is no list of models.')
    return answer.data.slice(0, 1000).flatMap((one: { id?: unknown; max_model_len?: unknown } | null) => {
      const length = one?.max_model_len
      const contextLength = typeof length === 'number' && Number.isInteger(length) && length > 0 ? length : null
      return typeof one?.id === 'string'
        ? [{ id: without(secretIn(headers), one.id).slice(0, 300), contextLength }]
        : []
    })
  } catch (error) {
    // An endpoint of one model alone may have no list.
    if (error instanceof EngineError && error.kind === 'not_found') return null
    throw error
  }
}

type Read = { metrics: ModelMetrics; counters: ModelCounters }

/** What a vLLM tells at `/metrics` of its origin; null where nothing is told. `before`: the last reading, for rates. Never throws. */
export async function readMetrics(
  deps: Pick<Deps, 'modelAddresses'>,
  { address, ca, model }: { address: string; ca: string | null; model: string | null },
  before: ModelCounters | null,
): Promise<Read | null> {
  const { http } = openEndpoint(deps, { address: new URL(address).origin, ca, credential: null })
  try {
    const { status, text } = await http.ask('/metrics', {
      headers: { accept: 'text/plain' },
      signal: AbortSignal.timeout(3_000),
      most: 8 * megabyte,
    })
    return status === 200 ? readPrometheus(text, model, before, Date.now()) : null
  } catch {
    return null
  } finally {
    http.close()
  }
}
