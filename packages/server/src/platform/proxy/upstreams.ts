import { type LookupAddress, lookup as resolveName } from 'node:dns'
import { connect, isIP, type LookupFunction, type OnReadOpts, type Socket } from 'node:net'
import { type Admission, authorityOf } from './gate.ts'
import { ResponseReader } from './response-reader.ts'
import type { Trouble } from './troubles.ts'

export type Place = Admission['upstream']
/** Whether this address of this host may be connected to. */
export type Permits = (host: string, ip: string) => boolean

/** Who uses a connection for the time of one exchange. */
export type User = {
  connected(connection: Connection): void
  failed(trouble: Trouble): void
  /** Answers whether the piece is still needed afterwards. What is not is written over by the next one. */
  heard(piece: Buffer): boolean
  drained(): void
  /** It is closed. `ended`: the other side had said that nothing more comes. */
  lost(ended: boolean): void
}

export type Connection = {
  readonly socket: Socket
  readonly reader: ResponseReader
  /** Null while nobody uses it. */
  user: User | null
  /** How often it was used. */
  uses: number
  /** Null: for one use alone. */
  readonly pool: Pool | null
  idleSince: number
}
type Pool = { readonly place: Place; readonly idle: Connection[]; readonly waiting: Set<User>; open: number }

export type Upstreams = {
  /** Connects at once where a connection has been idle for less than `idleMs`; otherwise to a new one. */
  take(place: Place, user: User, idleMs: number): void
  /** A new connection for one use: whatever is said on it. */
  open(place: Place, user: User): void
  /** Takes a connection back that is at the beginning of the next answer. */
  giveBack(connection: Connection): void
  /** Stops waiting. */
  leave(place: Place, user: User): void
  close(): void
}

type Limits = { connectMs: number; most: number; mostWaiting: number; idleMs: number }
export const usualLimits: Limits = {
  connectMs: 5_000,
  // Of one upstream. Long polls and event streams hold one each.
  most: 256,
  mostWaiting: 1_024,
  // Below the 5 s after which Node's servers hang up, for one.
  idleMs: 4_000,
}

/** As much as the system hands out at once. */
const pieceBytes = 64 * 1024

/** Looks a name up, and takes none but a permitted address: the one that was checked is the one that is connected to. */
export const lookupWithin =
  (permits: Permits): LookupFunction =>
  (name, options, done) =>
    resolveName(name, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return done(error, '', 0)
      const first = found.find(({ address }) => permits(name, address))
      if (!first) return done(Object.assign(new Error('not permitted'), { code: 'NOT_PERMITTED' }), '', 0)
      if (options.all) return done(null, [first])
      return done(null, first.address, first.family)
    })

export function openUpstreams(permits: Permits, limits: Limits = usualLimits): Upstreams {
  const pools = new Map<string, Pool>()
  const connecting = new Set<Socket>()
  let closed = false

  const lookup = lookupWithin(permits)

  const begin = (place: Place, pool: Pool | null, user: User) => {
    if (isIP(place.host) && !permits(place.host, place.host)) {
      if (pool?.open === 0) pools.delete(authorityOf(place))
      return user.failed('not_permitted')
    }
    if (pool) pool.open += 1
    const settings = { ...place, lookup, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }
    const socket = connect(pool ? { ...settings, onread: onePiece((piece) => hear(piece)) } : settings)
    const hear = (piece: Buffer): boolean => {
      if (connection.user) return connection.user.heard(piece)
      // Nobody has asked anything.
      socket.destroy()
      return false
    }
    if (!pool) socket.on('data', hear)
    connecting.add(socket)
    let failure: Trouble | null = null
    const late = setTimeout(() => {
      failure = 'slow'
      socket.destroy()
    }, limits.connectMs)
    const connection: Connection = { socket, reader: new ResponseReader(), user, uses: 0, pool, idleSince: 0 }
    socket.once('connect', () => {
      clearTimeout(late)
      connecting.delete(socket)
      connection.user?.connected(connection)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= troubleOf(error)
    })
    socket.once('close', () => {
      clearTimeout(late)
      const before = connecting.delete(socket)
      const { user: last } = connection
      connection.user = null
      if (pool) gone(pool, connection)
      if (before) last?.failed(failure ?? 'broken')
      else last?.lost(socket.readableEnded)
    })
    socket.on('drain', () => connection.user?.drained())
  }

  const gone = (pool: Pool, connection: Connection) => {
    pool.open -= 1
    const at = pool.idle.indexOf(connection)
    if (at >= 0) pool.idle.splice(at, 1)
    const [next] = pool.waiting
    if (next) {
      pool.waiting.delete(next)
      begin(pool.place, pool, next)
    } else if (pool.open === 0) pools.delete(authorityOf(pool.place))
  }

  const sweep = setInterval(() => {
    const before = performance.now() - limits.idleMs
    for (const pool of pools.values()) {
      for (const { idleSince, socket } of [...pool.idle]) if (idleSince < before) socket.destroy()
    }
  }, limits.idleMs / 4).unref()

  return {
    take(place, user, idleMs) {
      if (closed) return user.failed('closing')
      const key = authorityOf(place)
      const pool: Pool = pools.get(key) ?? { place, idle: [], waiting: new Set(), open: 0 }
      pools.set(key, pool)
      for (;;) {
        const connection = pool.idle.at(-1)
        if (!connection || performance.now() - connection.idleSince >= idleMs) break
        pool.idle.pop()
        if (connection.socket.destroyed || connection.socket.readableEnded) continue
        connection.user = user
        return user.connected(connection)
      }
      if (pool.open < limits.most) return begin(place, pool, user)
      // All are old ones: the oldest makes room.
      if (pool.idle.length > 0) pool.idle[0]?.socket.destroy()
      if (pool.waiting.size >= limits.mostWaiting) return user.failed('busy')
      pool.waiting.add(user)
    },
    open: (place, user) => (closed ? user.failed('closing') : begin(place, null, user)),
    giveBack(connection) {
      const { pool, socket } = connection
      connection.user = null
      if (closed || pool === null || socket.destroyed) return void socket.destroy()
      connection.uses += 1
      connection.idleSince = performance.now()
      const [next] = pool.waiting
      if (!next) return void pool.idle.push(connection)
      pool.waiting.delete(next)
      connection.user = next
      next.connected(connection)
    },
    leave(place, user) {
      pools.get(authorityOf(place))?.waiting.delete(user)
    },
    close() {
      closed = true
      clearInterval(sweep)
      for (const socket of connecting) socket.destroy()
      for (const { idle, waiting } of pools.values()) {
        for (const user of waiting) user.failed('closing')
        waiting.clear()
        for (const { socket } of [...idle]) socket.destroy()
      }
    },
  }
}

/**
 * Reads into one and the same memory for as long as nobody keeps a piece of it: an upstream's megabytes would otherwise be as
 * many for the garbage collector. Whoever has been handed a piece alone knows whether it was written out at once.
 */
function onePiece(hear: (piece: Buffer) => boolean): OnReadOpts {
  let memory = Buffer.allocUnsafeSlow(pieceBytes)
  let kept = false
  return {
    buffer: () => {
      if (kept) memory = Buffer.allocUnsafeSlow(pieceBytes)
      kept = false
      return memory
    },
    callback: (size) => {
      kept = hear(memory.subarray(0, size))
      return true
    },
  }
}

function troubleOf({ code }: NodeJS.ErrnoException): Trouble {
  if (code === 'NOT_PERMITTED') return 'not_permitted'
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'slow'
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'refused'
  return 'broken'
}
