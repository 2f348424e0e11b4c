import { expect, test } from 'vitest'
import { expandHosts } from './hostlist.ts'

test.each([
  ['gpu1', ['gpu1']],
  ['gpu[1-3]', ['gpu1', 'gpu2', 'gpu3']],
  ['gpu[01-02,07],cpu1', ['gpu01', 'gpu02', 'gpu07', 'cpu1']],
  ['r[1-2]n[1-2]', ['r1n1', 'r1n2', 'r2n1', 'r2n2']],
  ['a[1-2]-ib', ['a1-ib', 'a2-ib']],
  ['', []],
] as const)('%s', (list, names) => expect(expandHosts(list)).toEqual(names))
