import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lasting, openTestHouse, type TestHouse } from '../../../../../tests/support/house.ts'
import { issueLink } from './index.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({}, { setUp: false })
})
afterAll(() => house.close())

const person = {
  username: 'root',
  email: 'root@example.org',
  firstName: 'Rita',
  lastName: 'Root',
  password: lasting,
  confirmPassword: lasting,
}
const issue = async () => new URL((await issueLink(house.deps))?.url ?? '').hash.slice(1)
const setUp = (token: string, more: object = {}) =>
  house.client().ask(contract.setUpPlatform, { body: { ...person, ...more, token } })

test('nobody sets a platform up without the link, with an old one, or with an expired one', async () => {
  expect((await house.client().ask(contract.getFirstRun)).body.needed).toBe(true)
  const old = await issue()
  const current = await issue()
  for (const token of ['', 'guess', old]) expect((await setUp(token)).body.code).toBe('setup_token_required')
  house.clock.forward(25 * 3_600_000)
  expect((await setUp(current)).body.code).toBe('setup_token_required')
  expect((await house.client().ask(contract.openFirstRunLink, { body: { token: current } })).status).toBe(403)
})

test('what is wrong with the first admin is said, and the link still serves', async () => {
  const token = await issue()
  expect((await setUp(token, { password: 'short', confirmPassword: 'short' })).body.errors[0].pointer).toBe('/password')
  expect((await setUp(token, { username: 'Not A Name' })).body.errors[0].pointer).toBe('/username')
  expect((await house.client().ask(contract.openFirstRunLink, { body: { token } })).status).toBe(200)
})

test('of five at once one sets it up, is signed in, and the link is used up', async () => {
  const token = await issue()
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, index) => setUp(token, { username: `root${index}`, email: `r${index}@example.org` })),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  const winner = answers.find(({ status }) => status === 201)
  expect(winner?.body.permissions).toContain('tenant.create')
  expect(winner?.body.permissions).not.toContain('job.submit')
  expect((await setUp(token)).body.code).toBe('set_up_already')
  expect(await issueLink(house.deps)).toBeNull()
})
