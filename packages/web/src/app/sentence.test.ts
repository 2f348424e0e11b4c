import { expect, test } from 'vitest'
import { asSentence } from './sentence.ts'

test('what is wrong with a field reads as a sentence below it', () => {
  const said = ['must not be empty', 'lower-case letters, digits and hyphens', 'at most 16', 'taken'].map(asSentence)
  expect(said).toEqual(['Must not be empty.', 'Lower-case letters, digits and hyphens.', 'At most 16.', 'Taken.'])
})

test('what is a sentence already, and a name at its beginning, stay as they are', () => {
  for (const text of ['Choose a model, or all of them.', 'Who is it?', 'Working …']) expect(asSentence(text)).toBe(text)
  expect(asSentence('k8s.example.org is not among them')).toBe('k8s.example.org is not among them.')
  expect(asSentence('2 to 40 letters')).toBe('2 to 40 letters.')
})
