import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeKubernetes, kubeStatus, openFakeKubernetes } from '../../../../../tests/support/fake-kubernetes.ts'
import { openHttp } from '../http.ts'
import { type Kube, openKube } from './client.ts'
import { list, listWithin } from './list.ts'
import { Pod } from './objects.ts'

let fake: FakeKubernetes
let kube: Kube
beforeEach(async () => {
  fake = await openFakeKubernetes()
  const opening = fake.opening({ type: 'bearer', token: 'platform-token' })
  kube = openKube(opening, openHttp(fake.address, null, opening.allowed))
  fake.put('/api/v1/pods', pod('a', '1'), pod('b', '2'), pod('z', '3'))
})
afterEach(async () => {
  kube.close()
  await fake.close()
})

const signal = () => AbortSignal.timeout(5000)
const pod = (namespace: string, name: string) => ({ metadata: { name, namespace }, spec: {} })
const within = async (namespaces: string[]) =>
  (await listWithin(kube, '/api/v1', 'pods', Pod, namespaces, signal()))?.map(({ metadata }) => metadata.name)
const many = ['a', 'b', ...Array.from({ length: 30 }, (_, index) => `n${index}`)]

test.each([
  ['a few', ['a', 'b']],
  ['many', many],
])('of %s namespaces what is of another is left out, even where it is answered', async (_, namespaces) => {
  fake.before = ({ path }) =>
    path.endsWith('/pods')
      ? { body: { items: [pod('a', '1'), pod('z', '3'), { metadata: { name: 'x' }, spec: {} }] } }
      : undefined
  expect(await within(namespaces)).toEqual(['1'])
})

test('where all may not be asked for at once, each is', async () => {
  fake.before = ({ path }) => (path === '/api/v1/pods' ? kubeStatus(403, 'forbidden') : undefined)
  expect(await within(many)).toEqual(['1', '2'])
  expect(fake.requests).toHaveLength(1 + many.length)
})

test('no namespaces have nothing, and a kind that is not there has no list', async () => {
  expect(await within([])).toEqual([])
  expect(fake.requests).toEqual([])
  expect(await listWithin(kube, '/apis/nothing.io/v1', 'things', Pod, ['a'], signal())).toBeNull()
  expect(await listWithin(kube, '/apis/nothing.io/v1', 'things', Pod, many, signal())).toBeNull()
})

test('a list that says it goes on for ever is garbage', async () => {
  fake.before = () => ({ body: { metadata: { continue: 'again' }, items: [] } })
  await expect(list(kube, '/api/v1/pods', Pod, signal())).rejects.toMatchObject({ kind: 'garbage' })
})
