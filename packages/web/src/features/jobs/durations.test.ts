import { expect, test } from 'vitest'
import { formatDuration, formatHours, readHours, readSlurmTime } from './durations.ts'

test('a duration in its two largest units', () => {
  const words = [0, 45, 60, 3_660, 7_200, 90_000, 1_000_000].map(formatDuration)
  expect(words).toEqual(['0 s', '45 s', '1 min', '1 h 1 min', '2 h', '1 d 1 h', '11 d 13 h'])
})

test('hours and minutes, as people type them', () => {
  const read = ['1:30', '26:00', '90', '2 h', '2h30', '45 min', '1d', '1-12:00', '1d 2h'].map(readHours)
  expect(read).toEqual([90, 1560, 90, 120, 150, 45, 1440, 2160, 1560])
  for (const wrong of ['', 'soon', '1:75', '-5', '1:30:00', '1.5 h'])
    expect([wrong, readHours(wrong)]).toEqual([wrong, null])
  for (const minutes of [1, 59, 60, 1439, 4320]) expect(readHours(formatHours(minutes))).toBe(minutes)
})

test('times of Slurm mean what they mean to sbatch', () => {
  const read = ['30', '30:00', '30:01', '1:30:00', '1-12', '1-12:30', '1-12:30:00'].map(readSlurmTime)
  expect(read).toEqual([30, 30, 31, 90, 2160, 2190, 2190])
  for (const wrong of ['', 'UNLIMITED', '1:2:3:4', 'x']) expect([wrong, readSlurmTime(wrong)]).toEqual([wrong, null])
})
