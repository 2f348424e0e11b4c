import type { Chat, ChatContent } from '@tenantry/contract'
import { ApiProblem, api } from '../../app/api.ts'
import { i18n } from '../../app/i18n.ts'
import { queryClient, sessionQuery } from '../../app/session.ts'
import type { ChatStore } from './chat-store.ts'
import { titleOf } from './chat-tree.ts'
import { refreshChats } from './queries.ts'

export type Kept = Pick<Chat, 'id' | 'title' | 'version' | 'shared' | 'mine' | 'owner'>
/** How what is shown is kept. `changed`: somebody saved in between; `gone`: it was deleted; `never`: guests keep none. */
export type Keeping =
  | { is: 'nothing' | 'waiting' | 'saving' | 'saved' | 'changed' | 'gone' | 'never' }
  | { is: 'failed'; error: unknown }
export type KeeperState = { kept: Kept | null; keeping: Keeping }

/** How long a change waits for the next one. Milliseconds. */
const pause = 400

/** Who is signed in, and where. */
export const whoIs = (): string => {
  const session = queryClient.getQueryData(sessionQuery.queryKey)
  return session ? `${session.user.id} ${session.tenant.id}` : ''
}

/** Keeps a chat at the server as it changes: one save at a time, the latest wins. */
export class ChatKeeper {
  #state: KeeperState
  #listeners = new Set<() => void>()
  #later: ReturnType<typeof setTimeout> | undefined
  #saving = false
  #who = whoIs()
  #keptContent: ChatContent | null
  #ids = new Set<string>()
  readonly store: ChatStore

  constructor(store: ChatStore, kept: Kept | null) {
    this.store = store
    this.#state = { kept, keeping: { is: kept ? 'saved' : 'nothing' } }
    if (kept) this.#ids.add(kept.id)
    this.#keptContent = kept ? store.get().content : null
    if (!kept || kept.mine) store.onChange = this.#note
  }
  get = (): KeeperState => this.#state
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
  #set(part: Partial<KeeperState>): void {
    this.#state = { ...this.#state, ...part }
    for (const listener of this.#listeners) listener()
  }
  #say(keeping: Keeping): void {
    this.#set({ keeping })
  }
  /** Whether something is here that is nowhere else. */
  get unsaved(): boolean {
    const { is } = this.#state.keeping
    return is === 'waiting' || is === 'saving' || is === 'failed' || is === 'changed' || is === 'gone'
  }

  /** Whether this is the chat of an id, or a copy that goes on from it. */
  isOf(id: string): boolean {
    return this.#ids.has(id)
  }

  #note = (): void => {
    const { is } = this.#state.keeping
    if (is === 'changed' || is === 'gone' || is === 'never') return
    // A chat is one as soon as something was answered.
    const { turns } = this.store.get().content
    if (!this.#state.kept && !turns.some(({ answers }) => answers.some((one) => one && (one.text || !one.error))))
      return
    this.#say({ is: 'waiting' })
    clearTimeout(this.#later)
    this.#later = setTimeout(() => void this.save(), this.#state.kept ? pause : 0)
  }

  /** Saves now what is not saved. */
  async save(): Promise<void> {
    clearTimeout(this.#later)
    const { content } = this.store.get()
    if (this.#saving || this.store.busy || content === this.#keptContent) return
    // Another person, or another tenant, has taken this browser over: nothing of this is theirs.
    if (whoIs() !== this.#who) return
    this.#saving = true
    this.#say({ is: 'saving' })
    try {
      const { kept } = this.#state
      if (kept) {
        const body = { content }
        const { version } = await api('saveChat', { params: { id: kept.id }, body, ifMatch: kept.version })
        this.#set({ kept: { ...(this.#state.kept ?? kept), version } })
      } else await this.#create(content)
      this.#keptContent = content
      this.#say({ is: 'saved' })
      void refreshChats()
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#saving = false
    }
    if (this.#state.keeping.is === 'saved' && this.store.get().content !== content) this.#note()
  }
  async #create(content: ChatContent, title?: string): Promise<void> {
    const named = title ?? titleOf(content.turns[0]?.text ?? '', i18n.t('playground.untitled'))
    const kept = await api('createChat', { body: { title: named, content } })
    this.#ids.add(kept.id)
    this.#set({ kept })
  }
  #fail(error: unknown): void {
    const code = error instanceof ApiProblem ? error.code : ''
    if (code === 'changed_meanwhile') this.#say({ is: 'changed' })
    else if (code === 'not_found') this.#say({ is: 'gone' })
    else if (code === 'wrong_state' && !this.#state.kept) this.#say({ is: 'never' })
    else this.#say({ is: 'failed', error })
  }

  /** Takes what somebody else saved in the place of what is here. */
  async takeTheirs(): Promise<void> {
    const { kept } = this.#state
    if (!kept) return
    try {
      this.adopt(await api('getChat', { params: { id: kept.id } }))
    } catch (error) {
      this.#fail(error)
    }
  }
  /** Keeps what is here as a chat of its own. */
  async keepAsCopy(): Promise<void> {
    const { content } = this.store.get()
    this.#say({ is: 'saving' })
    try {
      await this.#create(content, this.#state.kept?.title)
      this.#keptContent = content
      this.#say({ is: 'saved' })
      void refreshChats()
    } catch (error) {
      this.#fail(error)
    }
  }
  /** Takes a newer version of the server’s, where nothing of one’s own is lost. */
  adopt(chat: Chat): void {
    const { content, ...kept } = chat
    this.#keptContent = content
    this.store.take(content)
    this.#set({ kept, keeping: { is: 'saved' } })
  }
  /** What was changed of a chat besides its content. */
  describe(part: Partial<Pick<Kept, 'title' | 'shared'>>): void {
    const { kept } = this.#state
    if (kept) this.#set({ kept: { ...kept, ...part } })
  }
  /** Nothing of it is kept from here on: it was deleted. */
  drop(): void {
    clearTimeout(this.#later)
    this.store.onChange = () => {}
    this.store.stop()
  }
}
