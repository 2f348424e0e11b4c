import { expect, test } from 'vitest'
import { generatePassword, strengthOf } from './password-strength.ts'

test('short, repeated and continued characters make a weak password, however long', () => {
  for (const password of [
    '',
    'short',
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'abcdefghijklmnopqrstuvwxyz',
    '123412341234123412341234',
  ]) {
    expect([password, strengthOf(password, 15).word]).toEqual([password, 'weak'])
  }
  expect(strengthOf('short', 15).missing).toBe(10)
})

test('unrelated words make a strong one', () => {
  expect(strengthOf('violet otter paints the moon', 15).word).toBe('strong')
})

test('a generated password is long, readable and never the same', () => {
  const made = new Set(Array.from({ length: 200 }, generatePassword))
  expect(made.size).toBe(200)
  for (const password of made) {
    expect(password).toMatch(/^([a-z2-9]{6}-){3}[a-z2-9]{6}$/)
    expect(strengthOf(password, 15).word).toBe('strong')
  }
})
