import type { EngineTest } from '@tenantry/contract'
import { type Engine, EngineError } from '../../engines/port.ts'

/** How long an engine may take to say who it is, in milliseconds. */
const patience = 8_000

const advice: Record<EngineError['kind'], string> = {
  unreachable: 'Look at its address, the network between, and ENGINE_ADDRESSES in the settings of this server.',
  slow: 'It was reached and took too long: look at its load, or whether something else listens there.',
  unauthorised: 'Give it a credential that it knows and that permits this.',
  refused: 'It was reached and does not want this: its own log says why.',
  garbage: 'Something else than this kind of engine seems to listen at this address.',
  not_found:
    'Something else than this kind of engine seems to listen at this address, or its version is not supported.',
}

/** Asks an engine who it is. Never throws: what goes wrong is the answer. */
export async function testEngine(open: () => Engine): Promise<EngineTest> {
  const begun = performance.now()
  const failed = (error: unknown): EngineTest => {
    if (!(error instanceof EngineError)) throw error
    const text = error.said === '' ? error.message : `${error.message} It said: ${error.said}`
    const steps = [
      ...(error.kind === 'unreachable' ? [] : [{ ok: true, text: 'Something answers.' }]),
      { ok: false, text },
    ]
    return {
      ok: false,
      version: null,
      api: null,
      latencyMs: null,
      capabilities: [],
      steps,
      reason: `${error.message} ${advice[error.kind]}`,
    }
  }
  let engine: Engine | undefined
  try {
    engine = open()
    const { version, api, capabilities } = await engine.probe(AbortSignal.timeout(patience))
    return {
      ok: true,
      version,
      api,
      latencyMs: Math.round(performance.now() - begun),
      capabilities,
      steps: [
        { ok: true, text: 'Something answers.' },
        { ok: true, text: 'It knows our credential.' },
        { ok: true, text: `It is ${version}, and we speak ${api} with it.` },
      ],
      reason: null,
    }
  } catch (error) {
    return failed(error)
  } finally {
    engine?.close()
  }
}
