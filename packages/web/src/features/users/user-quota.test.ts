import type { TFunction } from 'i18next'
import { expect, test } from 'vitest'
import { i18n } from '../../app/i18n.ts'
import '../workspaces/messages.ts'
import { quotaForm, quotaInWords, quotaOf } from './user-quota.ts'

const t = i18n.t as TFunction

test('a quota that is saved as it was read is the same; empty is without a limit, nought is nought', () => {
  const quota = { gpus: 0, cpus: null, memoryMiB: 1536, storageGiB: null, workspaces: 2 }
  expect(quotaOf(quotaForm(quota))).toEqual(quota)
  expect(quotaInWords(t, quota)).toBe('0 GPUs · 1.5 GiB of memory · 2 workspaces')
  const none = { gpus: null, cpus: null, memoryMiB: null, storageGiB: null, workspaces: null }
  expect(quotaOf(quotaForm(none))).toEqual(none)
  expect(quotaInWords(t, none)).toBe('Without a limit')
})

test('memory is typed with its unit, and what is not understood is never sent as no limit', () => {
  const typed = (memory: string) => quotaOf({ gpus: '', cpus: '', memory, storageGiB: '', workspaces: '' })
  expect(['16 GiB', '512M', '1.5T', '2', '  '].map((text) => typed(text)?.memoryMiB)).toEqual([
    ...[16_384, 512, 1_572_864, 2048, null],
  ])
  expect([typed('much'), typed('-1'), typed('16 GiB 200')]).toEqual([null, null, null])
})
