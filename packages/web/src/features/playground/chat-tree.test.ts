import { type ChatAnswer, type ChatContent, createChat } from '@tenantry/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  messagesFor,
  newId,
  openBranch,
  pathOf,
  siblingsOf,
  titleOf,
  withAnswer,
  withLane,
  withLaneBack,
  withoutLane,
  withTurn,
} from './chat-tree.ts'

const lane = (n: number, system?: string) => ({
  modelId: newId(),
  name: `model-${n}`,
  title: `Model ${n}`,
  parameters: system ? { system } : {},
})
const said = (text: string, error: string | null = null): ChatAnswer => ({
  ...{ modelId: newId(), name: 'model-0', text, reasoning: null, figures: null, error },
})
const empty = (lanes = 1): ChatContent => ({
  lanes: Array.from({ length: lanes }, (_, n) => lane(n)),
  turns: [],
  at: null,
})

describe('branches', () => {
  const first = withTurn(empty(), newId(), null, 'first')
  const second = withTurn(first, newId(), first.at, 'second')
  const edited = withTurn(second, newId(), null, 'first, edited')
  const texts = (content: ChatContent) => pathOf(content).map(({ text }) => text)

  test('what is edited is a version beside the first, and both stay', () => {
    expect([texts(second), texts(edited)]).toEqual([['first', 'second'], ['first, edited']])
    const [old, fresh] = siblingsOf(edited, edited.turns[0] as never)
    expect([old?.text, fresh?.text]).toEqual(['first', 'first, edited'])
  })
  test('another version is opened to its latest end', () => {
    expect(texts(openBranch(edited, edited.turns[0]?.id ?? ''))).toEqual(['first', 'second'])
  })
  test('a circle, which no page makes, ends nobody’s page', () => {
    const [a, b] = [newId(), newId()]
    const turn = (id: string, parent: string) => ({ id, parent, text: id, at: '', answers: [] })
    const content = { ...empty(), turns: [turn(a, b), turn(b, a)], at: a }
    expect(pathOf(content)).toHaveLength(2)
    expect(openBranch(content, a).at).toBeDefined()
  })
})

describe('what a lane is sent', () => {
  test('its own answers alone, without what failed, and the question last', () => {
    let content: ChatContent = { ...empty(2), lanes: [lane(0, 'Be brief.'), lane(1)] }
    content = withTurn(content, newId(), null, 'one')
    content = withAnswer(content, content.at ?? '', 0, said('answer of 0'))
    content = withAnswer(content, content.at ?? '', 1, said('half an ans', 'The connection broke'))
    content = withTurn(content, newId(), content.at, 'two')
    content = withAnswer(content, content.at ?? '', 1, said('answer of 1'))
    content = withTurn(content, newId(), content.at, 'three')
    expect(messagesFor(content, 0)).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'answer of 0' },
      { role: 'user', content: 'three' },
    ])
    expect(messagesFor(content, 1).map(({ content }) => content)).toEqual(['two', 'answer of 1', 'three'])
  })
  test('a lane that goes takes its answers with it, brings them back, and one that comes has none', () => {
    let content = withTurn(empty(2), newId(), null, 'one')
    content = withAnswer(content, content.at ?? '', 0, said('of 0'))
    content = withAnswer(content, content.at ?? '', 1, said('of 1'))
    const less = withoutLane(content, 0)
    expect(less.turns[0]?.answers.map((answer) => answer?.text)).toEqual(['of 1'])
    const since = withTurn(less, newId(), less.at, 'two')
    const back = withLaneBack(since, content, 0)
    expect(back.lanes).toEqual(content.lanes)
    expect(back.turns.map(({ answers }) => answers.map((answer) => answer?.text))).toEqual([
      ['of 0', 'of 1'],
      [undefined, undefined],
    ])
    expect(messagesFor(withLane(less, lane(3)), 1)).toEqual([{ role: 'user', content: 'one' }])
  })
})

describe('titles', () => {
  test('the first line that says something', () => {
    expect(titleOf('\n  \n  What   is\tthis? \nMore', 'Chat')).toBe('What is this?')
    expect(titleOf(' \n\u200b', 'Chat')).toBe('Chat')
    expect([...titleOf('🦆'.repeat(500), 'Chat')]).toHaveLength(120)
  })
  test('whatever is asked, it is one that the server takes', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-composite', maxLength: 300 }))
    fc.assert(
      fc.property(text, (asked) => {
        const body = { title: titleOf(asked, 'Chat'), content: withTurn(empty(), newId(), null, asked) }
        expect(createChat.body.safeParse(body).error).toBeUndefined()
      }),
    )
  })
})
