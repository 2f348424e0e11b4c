import { expect, test } from 'vitest'
import type { Process } from './processes.ts'
import { inWords, workingOf } from './use.ts'

const server = 10
const kernelWords = ['/usr/bin/python3', '-m', 'ipykernel_launcher', '-f', '/run/runtime/kernel-cef19ed6.json']
const process = (pid: number, parent: number, ticks: number, words: string[], begun = '1'): Process => {
  return { pid, parent, begun, ticks, words }
}
const sample = (at: number, processes: Process[]) => ({ at, processes })

test('what computes is named, the busiest first; the server, its kernels and what waits are not', () => {
  const at = (ticks: number) => [
    process(server, 1, ticks, ['/usr/bin/python3', '/usr/bin/jupyter-notebook']),
    process(11, server, ticks, kernelWords),
    process(12, server, 0, ['/bin/bash', '-l']),
    process(13, 12, Math.round(ticks * 0.05), ['make']),
    process(14, 12, Math.round(ticks * 0.04), ['sleep', '600']),
    process(15, 1, ticks, ['python3.11', '/home/train.py', '--token', 'hunter2']),
  ]
  expect(workingOf(sample(0, at(0)), sample(1000, at(100)), server)).toEqual(['python train.py', 'make'])
  // The same work over a longer while is less of a core.
  expect(workingOf(sample(0, at(0)), sample(30_000, at(100)), server)).toEqual([])
})

test('what a kernel begins counts, also where it is a copy of it', () => {
  const before = [process(11, server, 0, kernelWords), process(12, 11, 500, kernelWords)]
  const after = [process(11, server, 100, kernelWords), process(12, 11, 600, kernelWords)]
  expect(workingOf(sample(0, before), sample(1000, after), server)).toEqual(['a process of a kernel'])
})

test('a process that took over the number of another is a new one', () => {
  const before = [process(12, 1, 5000, ['make'])]
  expect(workingOf(sample(0, before), sample(1000, [process(12, 1, 50, ['gcc'], '2')]), server)).toEqual(['gcc'])
  expect(workingOf(sample(0, before), sample(0, [process(12, 1, 6000, ['make'])]), server)).toEqual([])
})

test('in words: the program and its script, and none of what may be a secret', () => {
  expect(inWords(['/usr/bin/python3', 'train.py', '--key', 'hunter2'])).toBe('python train.py')
  expect(inWords(['python3', '-c', 'print("hunter2")'])).toBe('python')
  expect(inWords(['python', '-m', 'torch.distributed.run', 'x'])).toBe('python -m torch.distributed.run')
  expect(inWords(['curl', 'https://user:hunter2@host/'])).toBe('curl')
  expect(inWords(['-bash'])).toBe('bash')
  expect(inWords(['bash', '/opt/run.sh'])).toBe('bash run.sh')
  expect(inWords(['a\u001b[31m\nb'])).toBe('a [31m b')
  expect(inWords([])).toBe('a process')
})
