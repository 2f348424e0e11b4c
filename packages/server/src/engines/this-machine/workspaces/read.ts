import { readAllowed } from '../../../platform/config/allowed.ts'
import { logSince } from '../../../platform/processes/log-file.ts'
import { without } from '../../../platform/secrets/without.ts'
import { openHttp } from '../../http.ts'
import type { WorkspaceReading, WorkspaceSpec } from '../../port.ts'
import type { Places } from './places.ts'
import { bootOf } from './processes.ts'
import { answeredAt, handleOf, type Known, runs } from './record.ts'

const host = '127.0.0.1'
/** In milliseconds: of one question, and of getting up on a machine that is busy. */
const longest = 3000
const upWithin = 120_000

export const missing: WorkspaceReading = { phase: 'missing', reason: null, address: null, handle: null, events: [] }

/** How the process of a workspace is, by what the machine and itself say. */
export async function readingOf(
  places: Places,
  known: Known,
  { secret }: Pick<WorkspaceSpec, 'secret'>,
  signal: AbortSignal,
): Promise<WorkspaceReading> {
  const begun = { at: known.startedAt, text: 'The notebook server was started.', warning: false }
  const reading = { reason: null, address: null, handle: handleOf(known), events: [begun] }
  if (known.stoppingAt !== null) {
    const stopping = { at: known.stoppingAt, text: 'It was told to stop.', warning: false }
    return { ...reading, phase: 'stopping', events: [begun, stopping] }
  }
  if (!runs(known)) return { ...reading, phase: 'failed', reason: whyEnded(places, known, secret) }

  const answers = await answersAt(known.port, secret, signal)
  const since = await answeredAt(places, answers ? new Date() : undefined)
  if (since === null) {
    const late = Date.now() - Date.parse(known.startedAt) > upWithin
    const reason = `It does not answer, two minutes after it was started. ${endOfLog(places, known, secret)}`
    return late ? { ...reading, phase: 'failed', reason } : { ...reading, phase: 'starting' }
  }
  return {
    ...reading,
    phase: 'ready',
    // A cell that takes the whole machine keeps its server from answering: no reason to give it up.
    reason: answers ? null : 'Its notebook server does not answer just now.',
    address: { host, port: known.port },
    events: [begun, { at: since, text: 'The notebook server answers.', warning: false }],
  }
}

async function answersAt(port: number, secret: string, signal: AbortSignal): Promise<boolean> {
  const http = openHttp(`http://${host}:${port}`, null, readAllowed([host]))
  try {
    const { status } = await http.ask('/api/status', {
      headers: { authorization: `token ${secret}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(longest)]),
      most: 1024 * 1024,
    })
    return status === 200
  } catch {
    return false
  } finally {
    http.close()
  }
}

function whyEnded(places: Places, known: Known, secret: string): string {
  if (known.boot !== bootOf()) return 'It ended when this machine was started anew.'
  return `Its notebook server ended. ${endOfLog(places, known, secret)}`
}

function endOfLog({ log }: Places, { logFrom }: Known, secret: string): string {
  const said = without(secret, logSince(log, logFrom))
  return said === '' ? 'It has written nothing.' : `It wrote last:\n${said.slice(-1000)}`
}
