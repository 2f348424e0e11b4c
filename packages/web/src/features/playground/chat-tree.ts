import type { ChatAnswer, ChatContent, Lane } from '@tenantry/contract'

export type Turn = ChatContent['turns'][number]
export type Message = { role: 'system' | 'user' | 'assistant'; content: string }

/** A UUID of version 4. `crypto.randomUUID` is for secure origins only; this works on any. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The turns from the first to `at`, the branch that is open. */
export function pathOf({ turns, at }: ChatContent, to = at): Turn[] {
  const byId = new Map(turns.map((turn) => [turn.id, turn]))
  const path: Turn[] = []
  for (let turn = byId.get(to ?? ''); turn; turn = byId.get(turn.parent ?? '')) {
    // What leads in a circle was made by no page.
    byId.delete(turn.id)
    path.unshift(turn)
  }
  return path
}

/** The turns that were asked in the place of each other, the oldest first. */
export const siblingsOf = ({ turns }: ChatContent, { parent }: Turn): Turn[] =>
  turns.filter((turn) => turn.parent === parent)

/** Opens the branch of a turn, to its latest end. */
export function openBranch(content: ChatContent, id: string): ChatContent {
  const seen = new Set<string>()
  let at = id
  while (!seen.has(at)) {
    seen.add(at)
    at = content.turns.findLast(({ parent }) => parent === at)?.id ?? at
  }
  return { ...content, at }
}

/** Asks something after `parent`; that branch is then open. */
export function withTurn(content: ChatContent, id: string, parent: string | null, text: string): ChatContent {
  const answers = content.lanes.map(() => null)
  const turn: Turn = { id, parent, text, at: new Date().toISOString(), answers }
  return { ...content, turns: [...content.turns, turn], at: id }
}

export function withAnswer(content: ChatContent, id: string, lane: number, answer: ChatAnswer | null): ChatContent {
  const put = (turn: Turn): Turn => ({
    ...turn,
    answers: content.lanes.map((_, n) => (n === lane ? answer : (turn.answers[n] ?? null))),
  })
  return { ...content, turns: content.turns.map((turn) => (turn.id === id ? put(turn) : turn)) }
}

export const withLane = (content: ChatContent, lane: Lane): ChatContent => ({
  ...content,
  lanes: [...content.lanes, lane],
})

/** Takes a lane away with what it answered. */
export const withoutLane = (content: ChatContent, lane: number): ChatContent => ({
  ...content,
  lanes: content.lanes.filter((_, n) => n !== lane),
  turns: content.turns.map((turn) => ({ ...turn, answers: turn.answers.filter((_, n) => n !== lane) })),
})

/** Brings back a lane that was taken away, with what it had answered by then; `before` is from before it went. */
export const withLaneBack = (content: ChatContent, before: ChatContent, lane: number): ChatContent => {
  const back = before.lanes[lane]
  if (!back) return content
  const answered = new Map(before.turns.map(({ id, answers }) => [id, answers[lane] ?? null]))
  const put = <One>(all: One[], one: One): One[] => [...all.slice(0, lane), one, ...all.slice(lane)]
  // An answer may be missing at the end: its place is its lane.
  const full = ({ answers }: Turn) => content.lanes.map((_, n) => answers[n] ?? null)
  return {
    ...content,
    lanes: put(content.lanes, back),
    turns: content.turns.map((turn) => ({
      ...turn,
      answers: put(full(turn), answered.get(turn.id) ?? null),
    })),
  }
}

/** Whether an answer is one to go on from: it did not fail, and says something. */
export const isGood = (answer: ChatAnswer | null | undefined): answer is ChatAnswer =>
  Boolean(answer && answer.error === null && answer.text !== '')

/** What a lane is sent to answer a turn: its system prompt, what it has answered before, and the question. */
export function messagesFor(content: ChatContent, lane: number, to = content.at): Message[] {
  const system = content.lanes[lane]?.parameters.system
  const before = pathOf(content, to).flatMap((turn): Message[] => {
    const user: Message = { role: 'user', content: turn.text }
    if (turn.id === to) return [user]
    const answer = turn.answers[lane]
    return isGood(answer) ? [user, { role: 'assistant', content: answer.text }] : []
  })
  return system ? [{ role: 'system', content: system }, ...before] : before
}

// What no title may hold: what is not seen, and what turns the direction of text.
const unfit = /[\p{Cc}\p{Cs}\p{Co}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu

/** The first line of a question, as the title of a chat: at most 120 characters, never empty. */
export function titleOf(text: string, otherwise: string): string {
  for (const line of text.split(/[\r\n]+/)) {
    const title = line.replace(/\s+/gu, ' ').replace(unfit, '').normalize('NFC').replace(/\s+/gu, ' ').trim()
    if (title) return [...title].slice(0, 120).join('').trim()
  }
  return otherwise
}
