import { expect, test } from 'vitest'
import { refusalOf } from '../http.ts'
import { EngineError } from '../port.ts'
import { inWords } from './refusals.ts'

const quota = (requested: string, used: string, limited: string) =>
  `pods "x" is forbidden: exceeded quota: limits, requested: ${requested}, used: ${used}, limited: ${limited}`
const gpu = (count: number) => `requests.nvidia.com/gpu=${count}`

test.each([
  [quota(gpu(8), gpu(6), gpu(12)), 'The quota allows 12 GPUs, 6 are in use: 6 left, and this needs 8.'],
  [
    quota('requests.memory=96Gi', 'requests.memory=512Mi', 'requests.memory=64Gi'),
    'The quota allows 64 GiB of memory, 0.5 are in use: 63.5 left, and this needs 96.',
  ],
  [quota('cpu=500m', 'cpu=2', 'cpu=2'), 'The quota allows 2 cores, 2 are in use: 0 left, and this needs 0.5.'],
  [
    quota('requests.nvidia.com/mig-1g.5gb=2', 'requests.nvidia.com/mig-1g.5gb=6', 'requests.nvidia.com/mig-1g.5gb=7'),
    'The quota allows 7 1g.5gb slices, 6 are in use: 1 left, and this needs 2.',
  ],
  [
    quota('count/jobs.batch=1', 'count/jobs.batch=5', 'count/jobs.batch=5'),
    'The quota allows 5 jobs, 5 are in use: 0 left, and this needs 1.',
  ],
  ['pods "x" is forbidden: exceeded quota: limits', 'It exceeds the quota of its namespace.'],
  [
    'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
    'Kubernetes refuses it: violates PodSecurity "restricted:latest": runAsNonRoot != true',
  ],
  [
    'jobs.batch is forbidden: User "system:serviceaccount:a:b" cannot create resource "jobs"',
    'ada may not do this there.',
  ],
])('%s', (said, sentence) => {
  expect(inWords(refusalOf(403, said), 'ada')).toMatchObject({ kind: 'refused', message: sentence })
})

test('what is wrong with the cluster is not told as what somebody asked for', () => {
  for (const error of [
    refusalOf(500, 'Get "https://10.0.0.5:10250/containerLogs": dial tcp'),
    refusalOf(401, 'Unauthorized'),
    new EngineError('slow', 'It did not answer in time.'),
  ]) {
    expect(inWords(error, 'ada')).toBe(error)
  }
  const ours = refusalOf(403, 'secrets is forbidden: User "tenantry" cannot create resource "secrets"')
  expect(inWords(ours, null)).toBe(ours)
})
