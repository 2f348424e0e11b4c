import { expect, test } from 'vitest'
import { limitsAtEngine } from './limits-at-engine.ts'

const none = { gpus: [], cpus: null, memoryMiB: null, storageGiB: null }
const quota = {
  gpus: [
    { model: 'H100', count: 8 },
    { model: '1g.10gb+me', count: 2 },
  ],
  cpus: 128,
  memoryMiB: 1_048_576,
  storageGiB: 500,
}
const slurm = { kind: 'slurm' as const, accounts: ['acme', 'acme-lab'], partitions: ['gpu'], prefix: null }

test('Slurm is held to it on each account, by models and in all', () => {
  const gpus = [
    { model: 'H100', count: 8 },
    { model: 'A100', count: 4 },
  ]
  expect(limitsAtEngine({ scope: slurm, quota: { ...quota, gpus } })).toBe(
    [
      'sacctmgr -i modify account where name=acme set GrpTRES=cpu=128,mem=1048576M,gres/gpu=12,gres/gpu:h100=8,gres/gpu:a100=4',
      'sacctmgr -i modify account where name=acme-lab set GrpTRES=cpu=128,mem=1048576M,gres/gpu=12,gres/gpu:h100=8,gres/gpu:a100=4',
    ].join('\n'),
  )
})

test('what the quota leaves open is opened, and nothing but a model gets into a shell', () => {
  expect(limitsAtEngine({ scope: { ...slurm, accounts: ['acme'] }, quota: none })).toBe(
    'sacctmgr -i modify account where name=acme set GrpTRES=cpu=-1,mem=-1,gres/gpu=-1',
  )
  const sliced = { ...none, gpus: [{ model: '1g.10gb', count: 7 }] }
  expect(limitsAtEngine({ scope: { ...slurm, accounts: ['acme'] }, quota: sliced })).toMatch(/gres\/gpu=7$/)
  const odd = { ...none, gpus: [{ model: 'h100; rm -rf / #', count: 1 }] }
  expect(limitsAtEngine({ scope: { ...slurm, accounts: ['acme'] }, quota: odd })).toBe(
    'sacctmgr -i modify account where name=acme set GrpTRES=cpu=-1,mem=-1,gres/gpu=1',
  )
})

test('Kubernetes is held to it in each namespace, whole GPUs apart from slices', () => {
  const commands = limitsAtEngine({ scope: { kind: 'kubernetes', namespaces: ['t-acme', 't-lab'] }, quota }) ?? ''
  const [, manifest = ''] = /^kubectl apply -f - <<'EOF'\n(.*)\nEOF$/s.exec(commands) ?? []
  const { items } = JSON.parse(manifest)
  expect(items.map(({ metadata }: { metadata: object }) => metadata)).toEqual([
    { name: 'tenantry', namespace: 't-acme' },
    { name: 'tenantry', namespace: 't-lab' },
  ])
  expect(items[0].spec.hard).toEqual({
    'requests.cpu': '128',
    'requests.memory': '1048576Mi',
    'requests.storage': '500Gi',
    'requests.nvidia.com/gpu': '8',
    'requests.nvidia.com/mig-1g.10gb.me': '2',
  })
})

test('a whole cluster, and engines without such limits, have none', () => {
  expect(limitsAtEngine({ scope: { kind: 'kubernetes', namespaces: null }, quota })).toBeNull()
  expect(limitsAtEngine({ scope: { kind: 'this_machine' }, quota })).toBeNull()
  expect(limitsAtEngine({ scope: { kind: 'nova', project: 'acme' }, quota })).toBeNull()
})
