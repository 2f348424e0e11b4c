import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiProblem, addressOf, problemOf } from '../../app/api.ts'
import { OutputBuffer } from './output-buffer.ts'

/** `full`: as much is here as is kept, and there is more to be asked for. */
export type OutputState =
  | { is: 'opening' | 'live' | 'ended' | 'full' | 'again' }
  | { is: 'waiting'; reason: string }
  | { is: 'refused'; problem: unknown }

type Stream = 'stdout' | 'stderr'
/** How much of the end is read first, in bytes. */
const tail = -64_000
/** What has come is drawn so often, in milliseconds. */
const drawEvery = 100
const longestBreak = 15_000

/**
 * Follows what a job writes: its end, and on from there; or from the beginning, until as much is here as is kept. What breaks
 * off is taken up where it was.
 */
export function useOutput(id: string, stream: Stream) {
  const [from, setFrom] = useState<'tail' | 'start'>('tail')
  const [state, setState] = useState<OutputState>({ is: 'opening' })
  const [version, setVersion] = useState(0)
  const [attempt, setAttempt] = useState(0)
  const buffer = useRef(new OutputBuffer())

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is opened anew
  useEffect(() => {
    let source: EventSource | null = null
    let later: ReturnType<typeof setTimeout> | undefined
    let drawing: ReturnType<typeof setTimeout> | undefined
    let failures = 0
    let over = false
    const kept = buffer.current

    const draw = () => {
      drawing ??= setTimeout(() => {
        drawing = undefined
        setVersion((before) => before + 1)
      }, drawEvery)
    }
    const close = () => {
      source?.close()
      source = null
    }
    const settle = (next: OutputState) => {
      over = true
      close()
      setState(next)
    }
    const open = () => {
      const at = kept.start === null ? (from === 'tail' ? tail : 0) : kept.next
      const address = addressOf('followJobOutput', { stream, from: at }, { id })
      const opened = new EventSource(address)
      source = opened
      opened.addEventListener('open', () => setState((before) => (before.is === 'waiting' ? before : { is: 'live' })))
      opened.addEventListener('output', ({ data }) => {
        failures = 0
        kept.add(JSON.parse(data) as { from: number; size: number; text: string })
        setState({ is: 'live' })
        draw()
        if (from === 'start' && kept.full && kept.next < kept.size) settle({ is: 'full' })
      })
      opened.addEventListener('waiting', ({ data }) => {
        failures = 0
        setState({ is: 'waiting', reason: (JSON.parse(data) as { reason: string }).reason })
      })
      opened.addEventListener('end', () => settle({ is: 'ended' }))
      opened.addEventListener('error', () => {
        // Left to itself the browser would ask for the end again, and have what is here twice.
        const refused = opened.readyState === EventSource.CLOSED
        close()
        failures += 1
        setState((before) => (before.is === 'waiting' && failures < 2 ? before : { is: 'again' }))
        void (refused ? refusalOf(address) : Promise.resolve(null)).then((problem) => {
          if (over) return
          if (problem && !passing(problem)) return settle({ is: 'refused', problem })
          later = setTimeout(open, Math.min(longestBreak, 500 * 2 ** failures) * (0.5 + Math.random() / 2))
        })
      })
    }
    setState({ is: 'opening' })
    open()
    return () => {
      over = true
      clearTimeout(later)
      clearTimeout(drawing)
      close()
    }
  }, [id, stream, from, attempt])

  const begin = useCallback((where: 'tail' | 'start') => {
    buffer.current = new OutputBuffer()
    setFrom(where)
    setAttempt((before) => before + 1)
    setVersion((before) => before + 1)
  }, [])
  /** On from where it is full; what was shown first makes room. */
  const more = useCallback(() => {
    buffer.current.makeRoom()
    setAttempt((before) => before + 1)
    setVersion((before) => before + 1)
  }, [])
  const retry = useCallback(() => setAttempt((before) => before + 1), [])
  return { buffer: buffer.current, version, state, from, begin, more, retry }
}

/** Why a stream was refused, which EventSource does not tell; null where it is not refused any more. */
async function refusalOf(address: string): Promise<ApiProblem | null> {
  const stop = new AbortController()
  try {
    const response = await fetch(address, { signal: stop.signal, headers: { accept: 'text/event-stream' } })
    if (response.ok) return null
    return new ApiProblem(await problemOf(response), response.headers.get('x-request-id'))
  } catch {
    return null
  } finally {
    stop.abort()
  }
}
/** What passes by itself. */
const passing = ({ problem }: ApiProblem): boolean =>
  problem.status >= 500 || problem.status === 429 || problem.status === 0
