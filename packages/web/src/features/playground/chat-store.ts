import type { ChatAnswer, ChatContent, ChatParameters, Lane, Model } from '@tenantry/contract'
import { announce } from '../../app/announce.ts'
import { ApiProblem } from '../../app/api.ts'
import { i18n } from '../../app/i18n.ts'
import { queryClient } from '../../app/session.ts'
import { figuresSoFar, heed, type Incoming, nothingYet, type Raw } from './answer-events.ts'
import { askModel } from './ask-model.ts'
import {
  messagesFor,
  newId,
  openBranch,
  type Turn,
  withAnswer,
  withLane,
  withLaneBack,
  withoutLane,
  withTurn,
} from './chat-tree.ts'
import { mostLanes } from './lanes.ts'

/** An answer that is on its way, as it is drawn. */
export type Live = { text: string; reasoning: string; raw: Raw; since: number }
export type View = {
  dialog: { is: 'raw'; turn: string; lane: number } | { is: 'code'; lane: number } | { is: 'history' } | null
  /** Whether the parameters are open, and of which lane. */
  parameters: boolean
  lane: number
}
export type ChatState = { content: ChatContent; live: Record<string, Live>; view: View }

export const keyOf = (turn: string, lane: number): string => `${turn} ${lane}`
/** How many turns a chat holds. */
export const mostTurns = 1000

type Running = { incoming: Incoming; since: number; stop: AbortController }

/** One chat as it is on the page: what was said, what is on its way, and what is open. It outlives the page’s parts. */
export class ChatStore {
  #state: ChatState
  #listeners = new Set<() => void>()
  #running = new Map<string, Running>()
  #raws = new WeakMap<ChatAnswer, Raw>()
  #frame = 0
  /** Told when there is something to keep, and nothing is on its way any more. */
  onChange: () => void = () => {}
  /** Told when something was asked. */
  onAsked: () => void = () => {}

  constructor(content: ChatContent, parameters: boolean) {
    this.#state = { content, live: {}, view: { dialog: null, parameters, lane: 0 } }
  }
  get = (): ChatState => this.#state
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
  get busy(): boolean {
    return this.#running.size > 0
  }
  #set(part: Partial<ChatState>): void {
    this.#state = { ...this.#state, ...part }
    for (const listener of this.#listeners) listener()
  }
  #change(content: ChatContent): void {
    this.#set({ content })
    if (!this.busy) this.onChange()
  }

  look(part: Partial<View>): void {
    this.#set({ view: { ...this.#state.view, ...part } })
  }
  /** Takes what the server keeps in the place of what is here. */
  take(content: ChatContent): void {
    const { view } = this.#state
    this.#set({ content, view: { ...view, lane: Math.min(view.lane, content.lanes.length - 1) } })
  }

  // Lanes. What is asked and what is answered stay in step: nothing of them changes while an answer is on its way.
  choose(lane: number, { id, name, title }: Model): void {
    this.#lanes((before, n) => (n === lane ? { ...before, modelId: id, name, title } : before))
  }
  tune(lane: number | 'all', parameters: ChatParameters): void {
    this.#lanes((before, n) => (lane === 'all' || n === lane ? { ...before, parameters } : before))
  }
  #lanes(change: (lane: Lane, n: number) => Lane): void {
    const { content } = this.#state
    this.#change({ ...content, lanes: content.lanes.map(change) })
  }
  addLane({ id, name, title }: Model): void {
    const { content } = this.#state
    const parameters = content.lanes.at(-1)?.parameters ?? {}
    this.#change(withLane(content, { modelId: id, name, title, parameters }))
    this.look({ lane: content.lanes.length })
  }
  removeLane(lane: number): void {
    const content = withoutLane(this.#state.content, lane)
    this.look({ lane: Math.max(0, Math.min(this.#state.view.lane, content.lanes.length - 1)) })
    this.#change(content)
  }

  /** Brings back a lane that was taken away, as it was in `before`. */
  putBack(before: ChatContent, lane: number): void {
    const { content } = this.#state
    if (!this.busy && content.lanes.length < mostLanes) this.#change(withLaneBack(content, before, lane))
  }

  // Turns.
  send(text: string): void {
    this.#ask(this.#state.content.at, text)
  }
  /** Asks something else in the place of a turn; the turn stays, in a branch of its own. */
  edit({ parent }: Turn, text: string): void {
    this.#ask(parent, text)
  }
  #ask(parent: string | null, text: string): void {
    const id = newId()
    this.#set({ content: withTurn(this.#state.content, id, parent, text) })
    this.#state.content.lanes.forEach((_, lane) => void this.#run(id, lane))
    this.onAsked()
    announce(i18n.t('playground.said.begun', { names: this.#names() }))
  }
  /** Asks one lane again in the same turn, where it had failed. */
  retry(turn: string, lane: number): void {
    if (this.#running.has(keyOf(turn, lane))) return
    this.#set({ content: withAnswer(this.#state.content, turn, lane, null) })
    void this.#run(turn, lane)
    this.onAsked()
  }
  show(turn: Turn): void {
    this.#change(openBranch(this.#state.content, turn.id))
  }
  stop(): void {
    for (const { stop } of this.#running.values()) stop.abort()
  }
  rawOf(turn: string, lane: number): Raw | null {
    const running = this.#running.get(keyOf(turn, lane))
    if (running) return running.incoming.raw
    const answer = this.#state.content.turns.find(({ id }) => id === turn)?.answers[lane]
    return (answer && this.#raws.get(answer)) ?? null
  }

  async #run(turn: string, lane: number): Promise<void> {
    const { content } = this.#state
    const { modelId, name, parameters } = content.lanes[lane] as Lane
    const { system: _, ...rest } = parameters
    const incoming = nothingYet()
    const running = { incoming, since: performance.now(), stop: new AbortController() }
    this.#running.set(keyOf(turn, lane), running)
    this.#draw()
    const body = { messages: messagesFor(content, lane, turn), parameters: rest }
    let how: Pick<ChatAnswer, 'figures' | 'error'>
    try {
      await askModel(modelId, body, running.stop.signal, (event, data) => {
        heed(incoming, event, data)
        // Not more often than a page is drawn, however fast a model writes.
        this.#frame ||= requestAnimationFrame(this.#draw)
      })
      how = incoming.ended ?? this.#broken(running, 'cut_off', i18n.t('playground.broken'))
    } catch (error) {
      if (running.stop.signal.aborted) how = this.#broken(running, 'stopped', null)
      else how = { figures: null, error: reasonOf(error) }
      if (error instanceof ApiProblem) {
        incoming.raw.status ??= error.problem.status
        incoming.raw.request ??= { path: '', body }
        if (error.code === 'not_signed_in') void queryClient.invalidateQueries({ queryKey: ['session'] })
      }
    }
    const { text, reasoning, raw } = incoming
    const answer: ChatAnswer = { modelId, name, text, reasoning: reasoning || null, ...how }
    this.#raws.set(answer, raw)
    this.#running.delete(keyOf(turn, lane))
    this.#set({ content: withAnswer(this.#state.content, turn, lane, answer) })
    this.#draw()
    if (this.busy) return
    this.#sayEnd(turn)
    this.onChange()
  }
  #broken({ incoming, since }: Running, finishReason: string, error: string | null) {
    return { figures: figuresSoFar(incoming, Math.round(performance.now() - since), finishReason), error }
  }
  #draw = (): void => {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    const live: Record<string, Live> = {}
    for (const [key, { incoming, since }] of this.#running) {
      const before = this.#state.live[key]
      const { text, reasoning, raw } = incoming
      // What has not changed is the same, and not drawn again.
      live[key] = before?.text === text && before.reasoning === reasoning ? before : { text, reasoning, raw, since }
    }
    this.#set({ live })
  }
  #names(): string {
    return this.#state.content.lanes.map(({ title }) => title).join(', ')
  }
  #sayEnd(id: string): void {
    const answers = this.#state.content.turns.find((turn) => turn.id === id)?.answers ?? []
    const failed = answers.find((answer) => answer?.error)
    const stopped = answers.some((answer) => answer?.figures?.finishReason === 'stopped')
    announce(
      failed
        ? i18n.t('playground.said.failed', { reason: failed.error ?? '' })
        : i18n.t(stopped ? 'playground.said.stopped' : 'playground.said.ended'),
    )
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return i18n.t('error.title')
  const { title, detail, retryAfter } = error.problem
  const later = retryAfter === undefined ? '' : i18n.t('error.retryIn', { seconds: retryAfter })
  return [`${title}.`, detail, later].filter(Boolean).join(' ').replace('..', '.').slice(0, 2000)
}
