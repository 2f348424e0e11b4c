import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type FakeKubernetes, kubeStatus, openFakeKubernetes } from '../../../../../tests/support/fake-kubernetes.ts'
import type { Engine } from '../port.ts'
import { openKubernetes } from './index.ts'

let fake: FakeKubernetes
let engine: Engine
let stop: AbortController
beforeEach(async () => {
  fake = await openFakeKubernetes()
  engine = fake.open(openKubernetes, { type: 'bearer', token: 'platform-token' })
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  engine.close()
  await fake.close()
})

const watch = (namespaces: string[] | null, changed: () => void) =>
  engine.watch?.([{ kind: 'kubernetes', namespaces }], changed, stop.signal) ?? Promise.reject(new Error('no watch'))
const inNamespace = (namespace: string, resourceVersion = '7') => ({
  metadata: { name: 'p', namespace, resourceVersion },
})
const watches = () => fake.requests.filter(({ query }) => query.has('watch'))

test('it tells of changes, not of bookmarks, until the signal', async () => {
  const changed = vi.fn()
  const watching = watch(['t-acme'], changed)
  await vi.waitFor(() => expect(fake.watchers()).toBe(2))
  expect(changed).toHaveBeenCalledTimes(1)
  fake.tell('/api/v1/pods', 'MODIFIED', inNamespace('t-acme'))
  fake.tell('/api/v1/resourcequotas', 'MODIFIED', inNamespace('t-acme'))
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(3))
  fake.tell('/api/v1/pods', 'BOOKMARK', { metadata: { resourceVersion: '9' } })
  fake.tell('/api/v1/pods', 'ADDED', inNamespace('t-other'))
  await new Promise((done) => setTimeout(done, 30))
  expect(changed).toHaveBeenCalledTimes(3)
  stop.abort()
  await watching
  await vi.waitFor(() => expect(fake.watchers()).toBe(0))
  expect(watches()[0]?.query.get('allowWatchBookmarks')).toBe('true')
})

test('a stream that ended goes on where it was', async () => {
  const watching = watch(['t-acme'], () => {})
  await vi.waitFor(() => expect(fake.watchers()).toBe(2))
  fake.tell('/api/v1/pods', 'BOOKMARK', { metadata: { resourceVersion: '4711' } })
  await new Promise((done) => setTimeout(done, 30))
  fake.hangUp()
  await vi.waitFor(() => expect(watches()).toHaveLength(4))
  expect(watches().map(({ query }) => query.get('resourceVersion'))).toContain('4711')
  stop.abort()
  await watching
})

test.each(['in the stream', 'as an answer'])(
  '410 Gone %s begins anew, and says that something may have changed',
  async (how) => {
    const changed = vi.fn()
    let refused = 0
    fake.before = ({ path, query }) =>
      how === 'as an answer' && path.endsWith('/pods') && query.has('watch') && refused++ === 0
        ? kubeStatus(410, 'too old resource version')
        : undefined
    const watching = watch(['t-acme'], changed)
    await vi.waitFor(() => expect(fake.watchers()).toBe(2))
    if (how === 'in the stream') {
      fake.tell('/api/v1/pods', 'ERROR', { kind: 'Status', code: 410, message: 'too old resource version' })
    }
    await vi.waitFor(() => expect(watches()).toHaveLength(3))
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2))
    await vi.waitFor(() => expect(fake.watchers()).toBe(2))
    stop.abort()
    await watching
  },
)

test.each([
  ['is always gone', () => kubeStatus(410, 'too old')],
  ['ends at once', () => ({ text: '' })],
  ['is not JSON', () => ({ text: 'hello\n' })],
  ['is forbidden', () => kubeStatus(403, 'forbidden')],
])('a stream that %s is given up', async (_, answer) => {
  fake.before = ({ path, query }) => (path.endsWith('/pods') && query.has('watch') ? answer() : undefined)
  await watch(['t-acme'], () => {})
  expect(watches().length).toBeLessThan(10)
  await vi.waitFor(() => expect(fake.watchers()).toBe(0))
})

test('watching many namespaces is one stream of each kind, and hears its own alone', async () => {
  const changed = vi.fn()
  const watching = watch(['a', 'b', 'c', 'd', 'e'], changed)
  await vi.waitFor(() => expect(fake.watchers()).toBe(2))
  expect(
    watches()
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['/api/v1/pods', '/api/v1/resourcequotas'])
  fake.tell('/api/v1/pods', 'ADDED', inNamespace('x'))
  fake.tell('/api/v1/pods', 'ADDED', inNamespace('e'))
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2))
  stop.abort()
  await watching
})

test('a whole cluster is watched with its nodes', async () => {
  const watching = watch(null, () => {})
  await vi.waitFor(() => expect(fake.watchers()).toBe(3))
  stop.abort()
  await watching
})

test('the questions have connections left while everything is watched', async () => {
  const watching = watch(['a', 'b', 'c', 'd'], () => {})
  await vi.waitFor(() => expect(fake.watchers()).toBe(8))
  await expect(
    engine.snapshot([{ kind: 'kubernetes', namespaces: ['a'] }], AbortSignal.timeout(2000)),
  ).resolves.toHaveLength(1)
  stop.abort()
  await watching
})
