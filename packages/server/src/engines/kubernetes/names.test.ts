import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bindingName, decodeUsername, encodeUsername, ownerOf, splitNativeId } from './names.ts'

const username = fc.stringMatching(/^[a-z][a-z0-9._-]{1,31}$/)

test('a user name as a name of Kubernetes leads back to that user name alone', () => {
  fc.assert(fc.property(username, (name) => decodeUsername(encodeUsername(name)) === name))
})

test('it is a valid name and a valid value of a label', () => {
  fc.assert(
    fc.property(username, (name) => {
      expect(encodeUsername(name)).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)
      expect(encodeUsername(name).length).toBeLessThanOrEqual(63)
      expect(bindingName(name).length).toBeLessThanOrEqual(253)
    }),
  )
})

test.each([
  ['ada', 'tenantry-ada'],
  ['ada.b', 'tenantry-ada-db'],
  ['ada_b', 'tenantry-ada-ub'],
  ['ada-b', 'tenantry-ada--b'],
  ['ada-', 'tenantry-ada-h'],
  ['ada--', 'tenantry-ada---h'],
  ['ada-db', 'tenantry-ada--db'],
])('%s is %s', (given, name) => {
  expect(bindingName(given)).toBe(name)
})

test('a native id is two names and nothing else', () => {
  expect(splitNativeId('t-acme/vm.1')).toEqual({ namespace: 't-acme', name: 'vm.1' })
  for (const wrong of ['', 't-acme', 't-acme/', '/vm', 'a/b/c', '../vm', 't-acme/..', 't-acme/vm?x', 'T/vm']) {
    expect(() => splitNativeId(wrong)).toThrow(/no such thing/)
  }
})

test('only what we made for somebody is theirs', () => {
  const ours = { 'app.kubernetes.io/managed-by': 'tenantry', 'tenantry/user': 'ada-dl' }
  expect(ownerOf(ours)).toBe('ada.l')
  expect(ownerOf({ 'tenantry/user': 'ada-dl' })).toBe('')
  for (const wrong of ['ada-', 'ada.l', 'ada-x', '-h-h', 'ada-hx'])
    expect(ownerOf({ ...ours, 'tenantry/user': wrong })).toBe('')
})
