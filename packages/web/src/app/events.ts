import type { Overview } from '@tenantry/contract'
import { useEffect, useSyncExternalStore } from 'react'
import { addressOf } from './api.ts'
import { queryClient } from './session.ts'

export type Connection = 'connecting' | 'live' | 'reconnecting'

/** The events that say that lists changed, and the first part of the keys of what is asked for again. */
const lists = ['jobs', 'workspaces'] as const
const overview = ['overview']

let connection: Connection = 'connecting'
let source: EventSource | null = null
let later: ReturnType<typeof setTimeout> | undefined
let failures = 0
let pages = 0
const listeners = new Set<() => void>()

const say = (next: Connection) => {
  if (next === connection) return
  connection = next
  for (const listener of listeners) listener()
}
const refresh = (list: (typeof lists)[number]) => void queryClient.invalidateQueries({ queryKey: [list] })

function open(): void {
  const opened = new EventSource(addressOf('followDashboard'))
  source = opened
  opened.addEventListener('open', () => {
    if (failures > 0) for (const list of lists) refresh(list)
    failures = 0
    say('live')
  })
  opened.addEventListener('overview', ({ data }) => {
    // An answer that was asked for earlier is older than what has just come.
    void queryClient.cancelQueries({ queryKey: overview })
    queryClient.setQueryData(overview, JSON.parse(data) as Overview)
  })
  for (const list of lists) opened.addEventListener(list, () => refresh(list))
  opened.addEventListener('error', () => {
    failures += 1
    if (failures > 1 || opened.readyState === EventSource.CLOSED) say('reconnecting')
    // The browser tries again by itself after a break, but not after a refusal; that may be the end of the session.
    if (opened.readyState !== EventSource.CLOSED) return
    void queryClient.invalidateQueries({ queryKey: ['session'] })
    later = setTimeout(open, Math.min(30_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2))
  })
}

function close(): void {
  clearTimeout(later)
  source?.close()
  source = null
}

// A browser has six connections to a server, over all of its tabs: those that nobody looks at hold none.
function heed(): void {
  close()
  if (pages > 0 && document.visibilityState === 'visible') open()
}

function follow(): () => void {
  pages += 1
  if (pages === 1) {
    document.addEventListener('visibilitychange', heed)
    heed()
  }
  return () => {
    pages -= 1
    if (pages > 0) return
    document.removeEventListener('visibilitychange', heed)
    close()
    failures = 0
    say('connecting')
  }
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Follows what the server says changed, for as long as the page is open and looked at: one connection a tab, whoever asks. */
export function useEvents(): Connection {
  useEffect(follow, [])
  return useSyncExternalStore(subscribe, () => connection)
}
