import { expect, test } from 'vitest'
import { readPrometheus } from './prometheus.ts'

const text = (running: number, generated: number) => `# HELP vllm:num_requests_running Number of requests.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="llama"} ${running}.0
vllm:num_requests_running{engine="0",model_name="other \\"one\\""} 5.0
vllm:num_requests_waiting{engine="0",model_name="llama"} 2.0
vllm:kv_cache_usage_perc{engine="0",model_name="llama"} 0.25
vllm:generation_tokens_total{engine="0",model_name="llama"} ${generated}.0
vllm:e2e_request_latency_seconds_bucket{le="+Inf",model_name="llama"} NaN
process_cpu_seconds_total 3.1
`

test('of a model where samples name models, else of all; rates over two readings', () => {
  const first = readPrometheus(text(1, 100), 'llama', null, 1000)
  expect(first?.metrics).toEqual({
    running: 1,
    waiting: 2,
    cacheUse: 0.25,
    promptTokensPerSecond: null,
    completionTokensPerSecond: null,
  })
  expect(readPrometheus(text(1, 400), 'llama', first?.counters ?? null, 4000)?.metrics.completionTokensPerSecond).toBe(
    100,
  )
  expect(readPrometheus(text(1, 100), null, null, 0)?.metrics.running).toBe(6)
})

test('a restart is no negative rate', () => {
  const before = { at: 0, prompt: null, generation: 1000 }
  expect(readPrometheus(text(0, 3), 'llama', before, 1000)?.metrics.completionTokensPerSecond).toBeNull()
})

test('what is not of a vLLM tells nothing', () => {
  expect(readPrometheus('node_cpu_seconds_total 3\n', 'llama', null, 0)).toBeNull()
  expect(readPrometheus('<html>vllm:num_requests_running 1</html>', 'llama', null, 0)).toBeNull()
})
