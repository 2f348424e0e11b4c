import { expect, test } from 'vitest'
import { readMemory, typeMemory } from './memory.ts'

test('an amount of memory, as people type it', () => {
  const read = ['200M', '200 MiB', '200mb', '16G', ' 16 GiB ', '16gi', '1.5T', '2 TiB', '16', '0.5', '.5 g'].map(
    readMemory,
  )
  expect(read).toEqual([200, 200, 200, 16_384, 16_384, 16_384, 1_572_864, 2_097_152, 16_384, 512, 512])
  expect([readMemory('0'), readMemory('0.3 GiB'), readMemory('0.1 MiB')]).toEqual([0, 307, 0])
})

test('what is not understood is refused', () => {
  for (const wrong of [
    '',
    'much',
    'GiB',
    '16 X',
    '16 K',
    '1,5 GiB',
    '-4',
    '1e3',
    '16 GiB 200',
    '16 bytes',
    '1.5.2',
    '0x10',
  ])
    expect([wrong, readMemory(wrong)]).toEqual([wrong, null])
})

test('what is written is read as the same', () => {
  const written = [1, 200, 512, 1024, 1536, 1537, 16_384, 2_048_000, 1_572_864].map(typeMemory)
  expect(written).toEqual([
    ...['1 MiB', '200 MiB', '512 MiB', '1 GiB', '1.5 GiB', '1537 MiB', '16 GiB', '2000 GiB', '1.5 TiB'],
  ])
  for (let mebibytes = 1; mebibytes < 5_000_000; mebibytes += 127)
    expect(readMemory(typeMemory(mebibytes))).toBe(mebibytes)
})
