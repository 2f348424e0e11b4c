import type { Chat, ChatContent } from '@tenantry/contract'
import { ChatKeeper, whoIs } from './chat-keeper.ts'
import { ChatStore } from './chat-store.ts'

/** A chat that is open on this page, with what keeps it. */
export type OpenChat = { store: ChatStore; keeper: ChatKeeper }

// They outlive their pages: an answer goes on coming while one looks elsewhere.
const most = 8
const chats = new Map<string, OpenChat>()
let fresh: { chat: OpenChat; wanted: string } | null = null
let anew = 0
let owner = ''
const listeners = new Set<() => void>()

/** Nothing of one person is seen by another, nor in another tenant. */
function heedOwner(): void {
  if (owner === whoIs()) return
  for (const { keeper } of [...chats.values(), ...(fresh ? [fresh.chat] : [])]) keeper.drop()
  chats.clear()
  fresh = null
  owner = whoIs()
}

const wideEnough = () => window.matchMedia('(min-width: 1280px)').matches

function made(content: ChatContent, chat: Chat | null): OpenChat {
  const store = new ChatStore(content, wideEnough())
  return { store, keeper: new ChatKeeper(store, chat) }
}

/** The chat that is not kept yet; `wanted` are the models that it was asked for. */
export function freshChat(wanted: string, content: () => ChatContent): OpenChat {
  heedOwner()
  const { kept } = fresh?.chat.keeper.get() ?? {}
  if (!fresh || kept || (wanted !== '' && fresh.wanted !== wanted)) {
    if (kept && fresh) remember(kept.id, fresh.chat)
    fresh = { chat: made(content(), null), wanted }
  }
  return fresh.chat
}
/** Begins anew, with `content` where there is something to go on from. */
export function startAnew(content?: ChatContent): void {
  heedOwner()
  const { kept } = fresh?.chat.keeper.get() ?? {}
  if (fresh && kept) remember(kept.id, fresh.chat)
  fresh = content ? { chat: made(content, null), wanted: '' } : null
  anew += 1
  for (const listener of listeners) listener()
}
export const timesAnew = (): number => anew
export const onAnew = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** A chat that is open already, by its id. */
export function knownChat(id: string): OpenChat | undefined {
  heedOwner()
  if (fresh?.chat.keeper.get().kept?.id === id) {
    remember(id, fresh.chat)
    fresh = null
  }
  // One that was kept as a copy has another id by now.
  const found = chats.get(id)
  return found?.keeper.get().kept?.id === id
    ? found
    : [...chats.values()].find((one) => one.keeper.get().kept?.id === id)
}
export function openKept(chat: Chat): OpenChat {
  const known = knownChat(chat.id)
  if (known) {
    const { kept } = known.keeper.get()
    if (kept && chat.version > kept.version && !known.keeper.unsaved && !known.store.busy) known.keeper.adopt(chat)
    else known.keeper.describe({ title: chat.title, shared: chat.shared })
    return known
  }
  const opened = made(chat.content, chat)
  remember(chat.id, opened)
  return opened
}
function remember(id: string, chat: OpenChat): void {
  chats.delete(id)
  chats.set(id, chat)
  for (const [old, { store, keeper }] of chats) {
    if (chats.size <= most) break
    if (!store.busy && !keeper.unsaved) chats.delete(old)
  }
}
/** It was deleted: nothing of it is kept any more. */
export function forgetChat(id: string): void {
  knownChat(id)
  // Also one that was kept as a copy, and stands by the id of what it came from.
  for (const [key, { keeper }] of chats) {
    if (keeper.get().kept?.id !== id) continue
    keeper.drop()
    chats.delete(key)
  }
}
