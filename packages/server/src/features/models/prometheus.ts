import type { ModelMetrics } from '@tenantry/contract'
import type { ModelCounters } from '../../platform/database/schema.ts'

// As vLLM names them; the use of the cache was renamed in its version 0.10.
const names = {
  running: ['vllm:num_requests_running'],
  waiting: ['vllm:num_requests_waiting'],
  cacheUse: ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc'],
  prompt: ['vllm:prompt_tokens_total'],
  generation: ['vllm:generation_tokens_total'],
} as const

/**
 * Reads what a vLLM tells of itself (Prometheus text format 0.0.4): of `model` alone where its samples name models, else of
 * all. Null where it is not of a vLLM. `at` in milliseconds.
 */
export function readPrometheus(
  text: string,
  model: string | null,
  before: ModelCounters | null,
  at: number,
): { metrics: ModelMetrics; counters: ModelCounters } | null {
  const found = new Map<string, { all: number; own: number | null }>()
  for (const line of text.split('\n')) {
    const match = /^(vllm:\w+)(?:\{(.*)\})? (\S+)/.exec(line)
    const value = Number(match?.[3])
    if (!match?.[1] || !Number.isFinite(value)) continue
    const sum = found.get(match[1]) ?? { all: 0, own: null }
    sum.all += value
    const named = /model_name="((?:[^"\\]|\\.)*)"/.exec(match[2] ?? '')?.[1]
    if (model !== null && named === model) sum.own = (sum.own ?? 0) + value
    found.set(match[1], sum)
  }
  const value = (of: readonly string[]): number | null => {
    const sum = of.map((name) => found.get(name)).find((one) => one !== undefined)
    return sum ? (sum.own ?? sum.all) : null
  }
  const counters: ModelCounters = { at, prompt: value(names.prompt), generation: value(names.generation) }
  const rate = (now: number | null, then: number | null | undefined): number | null => {
    const seconds = before === null ? 0 : (at - before.at) / 1000
    // It counts from naught after a restart.
    if (now === null || then === null || then === undefined || seconds <= 0 || now < then) return null
    return (now - then) / seconds
  }
  const metrics: ModelMetrics = {
    running: value(names.running),
    waiting: value(names.waiting),
    cacheUse: value(names.cacheUse),
    promptTokensPerSecond: rate(counters.prompt, before?.prompt),
    completionTokensPerSecond: rate(counters.generation, before?.generation),
  }
  const tells = [metrics.running, metrics.waiting, metrics.cacheUse, counters.generation].some((one) => one !== null)
  return tells ? { metrics, counters } : null
}
