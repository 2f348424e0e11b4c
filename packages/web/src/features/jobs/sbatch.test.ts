import { expect, test } from 'vitest'
import { sbatchLines, takeOver } from './sbatch.ts'

const script = `#!/bin/bash
# An ordinary remark.
#SBATCH --job-name=train --partition gpu
#SBATCH -t 1-12:00
#SBATCH --mem=64G
#SBATCH --cpus-per-task=8
#SBATCH --gres=gpu:h100:2   # two of them
#SBATCH --array=0-9%2
#SBATCH --account=physics
#SBATCH --qos="high"
#SBATCH --mail-type=END
#SBATCH --gres=gpu:1,license:2

srun hostname
#SBATCH --time=5
`

test('the lines that sbatch would read, and which of them the form has fields for', () => {
  const lines = sbatchLines(script)
  expect(lines.map(({ line, take }) => [line, take])).toEqual([
    [3, { name: 'train', where: 'gpu' }],
    [4, { minutes: 2160 }],
    [5, { memoryMiB: 65_536 }],
    [6, { cpus: 8 }],
    [7, { gpus: { model: 'h100', count: 2 } }],
    [8, { array: '0-9%2' }],
    [9, { account: 'physics' }],
    [10, { qos: 'high' }],
    [11, null],
    [12, null],
  ])
})

test('what is taken over leaves the script, the rest stays as it was', () => {
  const { taken, script: left } = takeOver(script)
  expect(taken).toMatchObject({
    name: 'train',
    where: 'gpu',
    minutes: 2160,
    memoryMiB: 65_536,
    cpus: 8,
    array: '0-9%2',
  })
  expect(left).toBe(`#!/bin/bash
# An ordinary remark.
#SBATCH --mail-type=END
#SBATCH --gres=gpu:1,license:2

srun hostname
#SBATCH --time=5
`)
})

test('what cannot be meant is not taken', () => {
  for (const line of [
    '--mem=0',
    '--time=UNLIMITED',
    '--partition=a,b',
    '--cpus-per-task=',
    '--gres=gpu:h100:0',
    '-x',
    'loose words',
  ])
    expect([line, sbatchLines(`#!/bin/sh\n#SBATCH ${line}`).map(({ take }) => take)]).toEqual([line, [null]])
})
