/** Works off what is due of many tenants, so that none waits for the slow things of another. */
export type Turns<One> = {
  /** What waits of everybody from now on; what is under way goes on. */
  set(due: readonly One[]): void
  /** Begins nothing more, and waits for what is under way. */
  close(): Promise<void>
}

type Rules<One> = {
  /** In all, and of one tenant. */
  atOnce: number
  ofOne: number
  tenantOf(one: One): string
  /** Must not reject. */
  work(one: One): Promise<void>
}

/** Whose turn it is: whoever has the fewest under way, and fewer than one may have. */
export function openTurns<One>({ atOnce, ofOne, tenantOf, work }: Rules<One>): Turns<One> {
  let waiting = new Map<string, One[]>()
  const under = new Map<string, number>()
  const all = new Set<Promise<void>>()
  const underWay = (tenant: string) => under.get(tenant) ?? 0

  const next = (): One | undefined => {
    let whose: string | undefined
    for (const tenant of waiting.keys())
      if (underWay(tenant) < ofOne && (whose === undefined || underWay(tenant) < underWay(whose))) whose = tenant
    if (whose === undefined) return undefined
    const own = waiting.get(whose) ?? []
    const one = own.shift()
    // Who had a turn goes behind those with as few.
    waiting.delete(whose)
    if (own.length > 0) waiting.set(whose, own)
    return one
  }
  const begin = (one: One) => {
    const tenant = tenantOf(one)
    under.set(tenant, underWay(tenant) + 1)
    const done = work(one).finally(() => {
      all.delete(done)
      if (underWay(tenant) > 1) under.set(tenant, underWay(tenant) - 1)
      else under.delete(tenant)
      go()
    })
    all.add(done)
  }
  const go = () => {
    while (all.size < atOnce) {
      const one = next()
      if (one === undefined) return
      begin(one)
    }
  }
  return {
    set(due) {
      waiting = new Map()
      for (const one of due) {
        const own = waiting.get(tenantOf(one))
        if (own) own.push(one)
        else waiting.set(tenantOf(one), [one])
      }
      go()
    },
    async close() {
      waiting = new Map()
      await Promise.all(all)
    },
  }
}
