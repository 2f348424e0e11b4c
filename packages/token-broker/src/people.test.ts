import { expect, test } from 'vitest'
import { isOfTheSystem, isUserName, openPeople } from './people.ts'

test('the system is asked: root is there, and nobody of a name that nobody has', async () => {
  const people = openPeople()
  expect(await people.find('root')).toEqual({ name: 'root', uid: 0, gid: 0, home: '/root' })
  expect(await people.find('nobody-has-this-name')).toBeNull()
  // getent would take it for a uid.
  expect(await people.find('0')).toBeNull()
})

test('what was found is kept for a minute, a failure is not', async () => {
  let now = 0
  let asked = 0
  let fails = true
  const people = openPeople(
    async (name) => {
      asked += 1
      if (fails) throw new Error('down')
      return { name, uid: asked, gid: 1, home: '/' }
    },
    () => now,
  )
  await expect(people.find('uma')).rejects.toThrow('down')
  fails = false
  expect((await people.find('uma'))?.uid).toBe(2)
  now = 59_999
  expect((await people.find('uma'))?.uid).toBe(2)
  now = 60_001
  expect((await people.find('uma'))?.uid).toBe(3)
})

test('names are those of POSIX', () => {
  for (const name of ['uma', '_x', 'gx-uma', 'a.b_c-9', 'u'.repeat(64)]) expect(isUserName(name)).toBe(true)
  for (const name of ['', 'Uma', '9a', '-a', 'a b', 'a/b', 'a\n', 'ü', 'u'.repeat(65), 7])
    expect(isUserName(name)).toBe(false)
})

test('root, low uids and every nobody are of the system', () => {
  const of = (uid: number) => isOfTheSystem({ name: 'x', uid, gid: uid, home: '/' }, 1000)
  for (const uid of [0, 2, 999, 65_534, 65_535, 4_294_967_294, 4_294_967_295]) expect(of(uid)).toBe(true)
  for (const uid of [1000, 64_030, 1_234_567]) expect(of(uid)).toBe(false)
})
