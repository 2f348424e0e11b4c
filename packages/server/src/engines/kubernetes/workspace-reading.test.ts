import { expect, test } from 'vitest'
import { Anything, Event, Pod } from './objects.ts'
import { readingOf } from './workspace-reading.ts'

const set = (more = {}) => Anything.parse({ metadata: { name: 'ws-1', ...more } })
const pod = (
  status: object,
  { nodeName = 'n', ...more }: { nodeName?: string | null; deletionTimestamp?: string } = {},
) => Pod.parse({ metadata: { name: 'ws-1-0', uid: 'p', ...more }, spec: { nodeName, containers: [] }, status })
const event = (reason: string, second: number, more = {}) =>
  Event.parse({
    metadata: { name: `e${second}` },
    involvedObject: { kind: 'Pod', uid: 'p' },
    reason,
    message: `${reason}.`,
    type: reason.startsWith('Failed') ? 'Warning' : 'Normal',
    lastTimestamp: `2026-01-02T03:04:${String(second).padStart(2, '0')}Z`,
    ...more,
  })
const waiting = (reason: string, more = {}) => ({
  phase: 'Pending',
  containerStatuses: [{ restartCount: 0, state: { waiting: { reason, message: `${reason}!` } }, ...more }],
})
const running = { containerStatuses: [{ restartCount: 0, state: { running: {} } }] }
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], ...running }
const unscheduled = {
  phase: 'Pending',
  conditions: [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '3 Insufficient nvidia.com/gpu.' },
  ],
}
const gone = { deletionTimestamp: '2026-01-02T03:04:05Z' }
const terminated = { exitCode: 1, reason: 'Error' }

test.each([
  ['nothing is there', null, null, [], 'missing', null],
  ['its pod is left', null, pod({}), [], 'stopping', null],
  ['it goes', set(gone), pod(ready), [], 'stopping', null],
  ['there is no pod yet', set(), null, [], 'queued', null],
  [
    'there is no room for its pod',
    set(),
    null,
    [event('FailedCreate', 1, { involvedObject: { kind: 'StatefulSet' }, message: 'exceeded quota' })],
    'queued',
    'exceeded quota',
  ],
  ['no node fits', set(), pod(unscheduled, { nodeName: null }), [], 'queued', '3 Insufficient nvidia.com/gpu.'],
  ['its image is pulled', set(), pod(waiting('ContainerCreating')), [event('Pulling', 1)], 'pulling', null],
  [
    'its image is there',
    set(),
    pod(waiting('ContainerCreating')),
    [event('Pulling', 1), event('Pulled', 2)],
    'starting',
    null,
  ],
  [
    'another pod pulled',
    set(),
    pod(waiting('ContainerCreating')),
    [event('Pulling', 1, { involvedObject: { kind: 'Pod', uid: 'former' } })],
    'starting',
    null,
  ],
  ['it begins', set(), pod({ phase: 'Running', ...running }), [event('Pulling', 1)], 'starting', null],
  ['its image is not there', set(), pod(waiting('ImagePullBackOff')), [], 'failed', 'ImagePullBackOff!'],
  [
    'it ends again and again',
    set(),
    pod(waiting('CrashLoopBackOff', { restartCount: 1, lastState: { terminated } })),
    [],
    'failed',
    'Its server ended with exit code 1. It was begun again once.',
  ],
  [
    'its pod was put out',
    set(),
    pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }),
    [],
    'starting',
    'low on memory',
  ],
  ['its pod is replaced', set(), pod(ready, gone), [], 'starting', 'Its pod is being replaced.'],
  ['it is ready, and where is not known', set(), pod(ready), [], 'starting', null],
] as const)('where %s', (_, ofSet, ofPod, events, phase, reason) => {
  expect(readingOf({ handle: 't/ws-1', set: ofSet, pod: ofPod, events: [...events] })).toMatchObject({
    phase,
    reason,
    address: null,
    handle: 't/ws-1',
  })
})

test('a workspace that is ready has an address, and tells the latest twenty events', () => {
  const events = Array.from({ length: 25 }, (_, n) => event(n === 24 ? 'FailedMount' : 'Started', n))
  const read = readingOf({ handle: 'h', set: set(), pod: pod({ ...ready, podIP: '10.0.0.7' }), events })
  expect(read).toMatchObject({ phase: 'ready', address: { host: '10.0.0.7', port: 8888 } })
  expect(read.events).toHaveLength(20)
  expect(read.events.at(-1)).toEqual({ at: '2026-01-02T03:04:24.000Z', text: 'FailedMount.', warning: true })
})
