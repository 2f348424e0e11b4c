import type { ModelTest, ModelUse } from '@tenantry/contract'
import { EngineError } from '../../engines/port.ts'
import type { Deps } from '../../platform/deps.ts'
import { askAnswer, EndpointRefused, openTally, streamAnswer, usageIn } from '../model-calls/index.ts'
import { addressSetting, notAllowedYet, openEndpoint } from './endpoint.ts'
import { listServed, readMetrics } from './probe.ts'

/** Milliseconds: to say what it serves, and to answer a few words. */
const patience = { list: 8_000, answer: 30_000 }

type Tested = {
  address: string
  ca: string | null
  /** Null: it is only asked what it serves. */
  model: string | null
  uses: readonly ModelUse[]
  /** Errors: `EngineError`. */
  credential(): string | null
}

/** Asks an endpoint what it serves, and for a few words. Never throws: what goes wrong is the answer. */
export async function testEndpoint(deps: Pick<Deps, 'modelAddresses'>, tested: Tested): Promise<ModelTest> {
  const { address, ca, model, uses } = tested
  const result: ModelTest = {
    ok: false,
    steps: [],
    reason: null,
    models: [],
    firstTokenMs: null,
    totalMs: null,
    reportsUsage: null,
    metrics: false,
  }
  const passed = (text: string) => void result.steps.push({ ok: true, text })
  let http: ReturnType<typeof openEndpoint>['http'] | null = null
  let withKey = true
  try {
    const credential = tested.credential()
    withKey = credential !== null
    const endpoint = openEndpoint(deps, { address, ca, credential })
    http = endpoint.http
    const served = await listServed(endpoint, patience.list)
    passed('Something answers.')
    if (served === null) passed('It does not say what it serves.')
    else {
      result.models = served
      passed(`It serves ${served.length === 1 ? served[0]?.id : `${served.length} models`}.`)
    }
    if (model !== null) {
      if (served !== null && served.length > 0 && !served.some(({ id }) => id === model))
        passed(`“${model}” is not among them: it is tried all the same.`)
      const use = uses[0] ?? 'chat'
      const begun = performance.now()
      if (use === 'embeddings') {
        const { answer } = await askAnswer({
          ...endpoint,
          path: '/embeddings',
          body: { model, input: 'hello' },
          silence: patience.answer,
          signal: AbortSignal.timeout(patience.answer),
        })
        const [first] = (answer as { data?: { embedding?: unknown[] }[] }).data ?? []
        if (!Array.isArray(first?.embedding)) throw new EngineError('garbage', 'It answered no embedding.')
        result.reportsUsage = usageIn(answer.usage) !== null
        passed(`It answers with embeddings of ${first.embedding.length} dimensions.`)
      } else {
        const tally = openTally(0)
        await streamAnswer(
          {
            ...endpoint,
            path: use === 'chat' ? '/chat/completions' : '/completions',
            body: {
              model,
              ...(use === 'chat' ? { messages: [{ role: 'user', content: 'Say hello.' }] } : { prompt: 'Hello' }),
              max_tokens: 8,
              stream: true,
              stream_options: { include_usage: true },
            },
            silence: patience.answer,
            signal: AbortSignal.timeout(patience.answer),
          },
          { event: (event) => tally.add(event, performance.now() - begun) },
        )
        result.firstTokenMs = tally.firstTokenMs === null ? null : Math.round(tally.firstTokenMs)
        result.reportsUsage = !tally.usage().estimated
        passed(
          tally.firstTokenMs === null
            ? 'It answers, with no text.'
            : `It answers in a stream, the first token after ${result.firstTokenMs} ms.`,
        )
      }
      result.totalMs = Math.round(performance.now() - begun)
      passed(
        result.reportsUsage
          ? 'It reports how many tokens it used.'
          : 'It does not report how many tokens it used: they are estimated.',
      )
    }
    result.metrics = (await readMetrics(deps, tested, null)) !== null
    if (result.metrics) passed('It tells how busy it is (/metrics).')
    return { ...result, ok: true }
  } catch (error) {
    const { text, reason } = inWords(error, withKey, new URL(address).hostname)
    result.steps.push({ ok: false, text })
    return { ...result, reason }
  } finally {
    http?.close()
  }
}

const advice: Record<EngineError['kind'], string> = {
  unreachable: 'Look at its address, and the network between.',
  slow: 'It was reached and took too long: look at its load, or whether something else listens there.',
  unauthorised: 'Give it an API key that it knows and that permits this.',
  refused: 'It was reached and does not want this: its own log says why.',
  garbage: 'Something else than an OpenAI-compatible endpoint seems to listen at this address.',
  not_found: 'The address is the base of its interface: it mostly ends in /v1.',
}

/** Why it cannot be used, and what helps. */
function inWords(error: unknown, withKey: boolean, host: string): { text: string; reason: string } {
  if (error instanceof EndpointRefused) {
    const kind =
      error.status === 401 || error.status === 403 ? 'unauthorised' : error.status === 404 ? 'not_found' : 'refused'
    if (kind === 'unauthorised' && !withKey) return keyWanted(error.status)
    return { text: `It answered ${error.status}: ${error.message}`, reason: advice[kind] }
  }
  if (error instanceof EngineError) {
    if (error.kind === 'unreachable' && error.message.includes(addressSetting)) {
      const { text, help } = notAllowedYet(host)
      return { text, reason: help }
    }
    const [, status] = /\((40[13])\)/.exec(error.message) ?? []
    if (status && !withKey) return keyWanted(Number(status))
    const message =
      status === '401'
        ? 'It does not know this API key (401).'
        : status === '403'
          ? 'This API key does not permit it (403).'
          : error.message
    return { text: error.said === '' ? message : `${message} It said: ${error.said}`, reason: advice[error.kind] }
  }
  return { text: error instanceof Error ? error.message : String(error), reason: advice.refused }
}

const keyWanted = (status: number) => ({ text: `It asks for an API key (${status}).`, reason: 'Fill in API key.' })
