import type { Overview } from '@tenantry/contract'
import { useEffect, useState } from 'react'
import { addressOf } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import { jobsQuery, overviewQuery } from './queries.ts'

export type Connection = 'connecting' | 'live' | 'reconnecting'

/** Follows what happens in the tenant for as long as the page is open and looked at. */
export function useEvents(): Connection {
  const [connection, setConnection] = useState<Connection>('connecting')
  useEffect(() => {
    let source: EventSource | null = null
    let later: ReturnType<typeof setTimeout> | undefined
    let failures = 0

    const refreshJobs = () => void queryClient.invalidateQueries({ queryKey: jobsQuery.queryKey })
    const refreshWorkspaces = () => void queryClient.invalidateQueries({ queryKey: ['workspaces'] })
    const open = () => {
      const opened = new EventSource(addressOf('followDashboard'))
      source = opened
      opened.addEventListener('open', () => {
        if (failures > 0) {
          refreshJobs()
          refreshWorkspaces()
        }
        failures = 0
        setConnection('live')
      })
      opened.addEventListener('overview', ({ data }) => {
        // An answer that was asked for earlier is older than what has just come.
        void queryClient.cancelQueries({ queryKey: overviewQuery.queryKey })
        queryClient.setQueryData(overviewQuery.queryKey, JSON.parse(data) as Overview)
      })
      opened.addEventListener('jobs', refreshJobs)
      opened.addEventListener('workspaces', refreshWorkspaces)
      opened.addEventListener('error', () => {
        failures += 1
        if (failures > 1 || opened.readyState === EventSource.CLOSED) setConnection('reconnecting')
        // The browser tries again by itself after a break, but not after a refusal; that may be the end of the session.
        if (opened.readyState !== EventSource.CLOSED) return
        void queryClient.invalidateQueries({ queryKey: ['session'] })
        later = setTimeout(open, Math.min(30_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2))
      })
    }
    const close = () => {
      clearTimeout(later)
      source?.close()
      source = null
    }
    // A browser has six connections to a server, over all of its tabs: those that nobody looks at hold none.
    const heed = () => {
      close()
      if (document.visibilityState === 'visible') open()
    }
    heed()
    document.addEventListener('visibilitychange', heed)
    return () => {
      document.removeEventListener('visibilitychange', heed)
      close()
    }
  }, [])
  return connection
}
