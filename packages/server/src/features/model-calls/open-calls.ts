import type { SessionCache } from '../../platform/access/session-cache.ts'

/** An answer that is under way: whose it is, and whether it may go on. */
export type OpenCall = {
  tenantId: string
  userId: string
  may(): Promise<boolean>
  cut(): void
}

/** Answers that are under way on this replica. */
export type OpenCalls = {
  /** Answers how to say that it is over. */
  add(call: OpenCall): () => void
  /** Cuts all of them off, and waits until each is written down: the server stops. */
  close(): Promise<void>
}

/** Milliseconds that answers which are cut off may take to be over. */
const mostToEnd = 2_000

/** Each is looked at again whenever rights of its person or anything of its tenant changed, and cut off where it may not go on. */
export function followCalls(sessions: SessionCache): OpenCalls {
  const open = new Set<OpenCall>()
  let emptied = () => {}
  sessions.onHeard((revocation) => {
    for (const call of open) {
      const concerned =
        revocation === null ||
        ('user' in revocation ? revocation.user === call.userId : revocation.tenant === call.tenantId)
      if (!concerned) continue
      call.may().then(
        (may) => may || call.cut(),
        () => call.cut(),
      )
    }
  })
  return {
    add(call) {
      open.add(call)
      return () => {
        open.delete(call)
        if (open.size === 0) emptied()
      }
    },
    async close() {
      if (open.size === 0) return
      const over = new Promise<void>((resolve) => {
        emptied = resolve
        setTimeout(resolve, mostToEnd).unref()
      })
      for (const call of open) call.cut()
      await over
    },
  }
}
