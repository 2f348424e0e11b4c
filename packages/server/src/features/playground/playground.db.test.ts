import * as contract from '@tenantry/contract'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { type Behaviour, type FakeModel, openFakeModel } from '../../../../../tests/support/fake-model.ts'
import { twoTenants } from '../../../../../tests/support/house.ts'
import { hello, openModelHouse, publish } from '../../../../../tests/support/models.ts'
import { keepHouse } from '../../housekeeping.ts'
import { newId } from '../../platform/secrets/ids.ts'

let house: Awaited<ReturnType<typeof openModelHouse>>
let fake: FakeModel
let tenants: Awaited<ReturnType<typeof twoTenants>>
let admin: Client
let user: Client
let model: contract.Model

beforeAll(async () => {
  house = await openModelHouse()
  fake = await openFakeModel()
  tenants = await twoTenants(house)
  admin = await house.signedIn(tenants.acme.admin)
  user = await house.signedIn(tenants.acme.user)
  model = await publish(admin, fake.url, { price: { input: 1000, output: 2000, currency: 'EUR' } })
})
afterEach(() => {
  fake.behaviour = {}
})
afterAll(async () => {
  await house?.close()
  await fake?.close()
})

type Event = {
  [Name in keyof contract.AnswerEvents]: { name: Name; data: contract.AnswerEvents[Name] }
}[keyof contract.AnswerEvents]
const eventsIn = (text: string): Event[] =>
  [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(
    ([, name, data]) => ({ name, data: JSON.parse(data ?? '') }) as Event,
  )
async function answer(behaviour: Behaviour = {}, parameters: object = {}, id = model.id) {
  fake.behaviour = behaviour
  const { status, text, body } = await user.ask(contract.answerInPlayground, {
    params: { id },
    body: { messages: hello, parameters },
  })
  return { status, body, events: eventsIn(text) }
}
const textOf = (events: Event[]) =>
  events
    .flatMap(({ name, data }) => (name === 'chunk' && data.data !== '[DONE]' ? [JSON.parse(data.data)] : []))
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('')

describe('an answer', () => {
  test('comes as the endpoint’s own chunks, with their times, and ends with the figures', async () => {
    const { events } = await answer({ tokens: 4, every: 5 }, { temperature: 0, stop: ['x'], seed: 7 })
    const [begin] = events
    expect(begin).toMatchObject({
      name: 'begin',
      data: {
        status: 200,
        request: { path: '/chat/completions', body: { model: 'fake', temperature: 0, seed: 7, stream: true } },
      },
    })
    expect(textOf(events)).toBe('w0 w1 w2 w3')
    const times = events.flatMap((event) => (event.name === 'chunk' ? [event.data.ms] : []))
    expect([...times].sort((one, other) => one - other)).toEqual(times)
    const end = events.at(-1)
    expect(end).toMatchObject({
      name: 'end',
      data: {
        figures: {
          usage: { input: 7, output: 4, estimated: false },
          finishReason: 'stop',
          cost: { amount: 0.015, currency: 'EUR' },
        },
      },
    })
    if (end?.name !== 'end') throw new Error('no end')
    const { firstTokenMs, totalMs, tokensPerSecond } = end.data.figures
    expect(firstTokenMs).toBeGreaterThanOrEqual(5)
    expect(totalMs).toBeGreaterThan(firstTokenMs ?? 0)
    expect(tokensPerSecond).toBeLessThan(201)
  })

  test('what nobody counted is called an estimate', async () => {
    const { events } = await answer({ usage: 'never' })
    expect(events.at(-1)?.data).toMatchObject({ figures: { usage: { estimated: true, output: 5 } } })
  })

  test('an endpoint that cannot be asked for its usage: what it was sent is told as it was', async () => {
    const { events } = await answer({ usage: 'refused' })
    expect(events[0]).toMatchObject({ name: 'begin', data: { status: 200 } })
    expect(JSON.stringify(events[0])).not.toContain('stream_options')
    expect(events.at(-1)?.data).toMatchObject({ figures: { usage: { estimated: true, output: 5 } } })
  })

  test.each([
    [{ instead: { status: 400, body: '{"error":{"message":"too long"}}' } }, /answered 400: too long/, 400],
    [{ instead: { status: 401, body: '{"error":"sk-…"}' } }, /does not take the credential/, 401],
    [{ midway: 'error' as const }, /The engine has died/, null],
    [{ midway: 'drop' as const, every: 5 }, /broke the connection off/, null],
    [{ midway: 'brokenChunk' as const }, /not JSON/, null],
    [{ instead: { status: 200, body: '{}' } }, /not answer in a stream/, null],
  ])('%j: it says why, with what came before', async (behaviour, message, status) => {
    const { events } = await answer({ tokens: 6, ...behaviour })
    const last = events.at(-1)
    expect(last).toMatchObject({
      name: 'failed',
      data: { message: expect.stringMatching(message), status, figures: { finishReason: 'cut_off' } },
    })
    if ('midway' in behaviour) expect(textOf(events)).toBe('w0 w1 w2')
  })

  test('a limit is a refusal with the time to wait', async () => {
    const limits = { requestsPerMinute: 1, tokensPerMinute: null, tokensPerMonth: null }
    const limited = await publish(admin, fake.url, { name: 'limited', limits })
    house.clock.forward(60_000 - (house.clock.now().getTime() % 60_000) + 10)
    expect((await answer({}, {}, limited.id)).status).toBe(200)
    const refused = await answer({}, {}, limited.id)
    expect([refused.status, refused.body.code, refused.body.retryAfter > 0]).toEqual([429, 'model_limit', true])
  })

  test('a model for embeddings, a disabled one, and one of another role are not there', async () => {
    const others = await Promise.all([
      publish(admin, fake.url, { name: 'vectors', uses: ['embeddings'] }),
      publish(admin, fake.url, { name: 'of-admins', roleIds: [tenants.acme.tenant.roles.get('Tenant Admin') ?? ''] }),
      publish(admin, fake.url, { name: 'off' }).then(async (off) => {
        await admin.ask(contract.disableModel, { params: { id: off.id } })
        return off
      }),
    ])
    for (const { id } of others) expect((await answer({}, {}, id)).body.code).toBe('not_found')
  })

  test('it is stopped when the page goes away, its person is signed out, gets another role, or the model is disabled', async () => {
    const person = await house.person(tenants.acme.tenant, 'leaver', 'Tenant User')
    const { roles } = tenants.acme.tenant
    const roleIds = [roles.get('Tenant User') ?? '']
    const other = await house.role(tenants.acme.tenant, 'Other', ['model.view', 'model.use'])
    const giveRole = (roleId: string | undefined) =>
      admin.ask(contract.changeRole, { params: { id: person.id }, body: { roleId } })
    const doomed = await publish(admin, fake.url, { name: 'doomed', roleIds })
    const ends = [
      (gone: AbortController) => void gone.abort(),
      () => admin.ask(contract.signOutUser, { params: { id: person.id } }),
      () => giveRole(other),
      () => admin.ask(contract.disableModel, { params: { id: doomed.id } }),
    ]
    for (const end of ends) {
      const client = await house.signedIn(person)
      fake.behaviour = { tokens: 100_000, every: 2 }
      const gone = new AbortController()
      const response = await fetch(`${house.url}/api/v1/models/${doomed.id}/answer`, {
        method: 'POST',
        signal: gone.signal,
        headers: { 'content-type': 'application/json', cookie: [...client.jar].map((one) => one.join('=')).join('; ') },
        body: JSON.stringify({ messages: hello, parameters: {} }),
      })
      const reader = response.body?.getReader()
      await reader?.read()
      await expect.poll(() => fake.openStreams(), { interval: 2 }).toBe(1)
      const begun = performance.now()
      await end(gone)
      await expect.poll(() => fake.openStreams(), { interval: 2, timeout: 1_000 }).toBe(0)
      expect(performance.now() - begun).toBeLessThan(1_000)
      await reader?.cancel().catch(() => {})
      await giveRole(roleIds[0])
    }
  })
})

describe('a chat', () => {
  const turn = (text: string, parent: string | null = null): contract.Turn => ({
    id: newId(),
    parent,
    text,
    at: new Date().toISOString(),
    answers: [{ modelId: model.id, name: 'model', text: 'w0', reasoning: null, figures: null, error: null }],
  })
  const content = (...turns: contract.Turn[]): contract.ChatContent => ({
    lanes: [{ modelId: model.id, name: 'model', title: 'A model', parameters: { temperature: 0 } }],
    turns,
    at: turns.at(-1)?.id ?? null,
  })
  const create = (title: string, client = user) =>
    client.ask(contract.createChat, { body: { title, content: content(turn('secret question')) } })

  test('is kept, saved over the version that was read, renamed, found, and given back as it was', async () => {
    const first = turn('one')
    const created = await user.ask(contract.createChat, { body: { title: 'My chat', content: content(first) } })
    expect(created.body).toMatchObject({ title: 'My chat', mine: true, shared: false, turns: 1, models: ['model'] })
    const { id, version } = created.body
    const next = content(first, turn('two', first.id), turn('two, edited', first.id))
    const save = (of: number) =>
      user.ask(contract.saveChat, { params: { id }, body: { content: next }, headers: { 'if-match': `"${of}"` } })
    expect((await save(version)).body.version).toBe(version + 1)
    expect((await save(version)).body.code).toBe('changed_meanwhile')
    await user.ask(contract.renameChat, { params: { id }, body: { title: 'Called 100% otherwise' } })
    expect((await user.ask(contract.getChat, { params: { id } })).body).toMatchObject({
      title: 'Called 100% otherwise',
      content: next,
    })
    const found = async (q: string) => (await user.ask(contract.listChats, { query: { q } })).body.items.length
    expect([await found('100%'), await found('%x%')]).toEqual([1, 0])
  })

  test('what hangs in the air or bites its own tail is refused', async () => {
    const one = turn('one')
    for (const turns of [[turn('x', newId())], [one, one], [{ ...one, parent: one.id }]]) {
      const refused = await user.ask(contract.createChat, {
        body: { title: 'x', content: { ...content(...turns), at: null } },
      })
      expect([refused.status, refused.body.errors[0].pointer]).toMatchObject([400, /^\/content\/turns/])
    }
    const at = { ...content(one), at: newId() }
    expect((await user.ask(contract.createChat, { body: { title: 'x', content: at } })).status).toBe(400)
  })

  test('is nobody else’s to read until it is shared, and nobody else’s to change then', async () => {
    const { id } = (await create('To share')).body
    const read = () => admin.ask(contract.getChat, { params: { id } })
    expect((await read()).status).toBe(404)
    await user.ask(contract.shareChat, { params: { id } })
    expect((await read()).body).toMatchObject({ mine: false, shared: true, owner: { username: 'uma' } })
    const { items } = (await admin.ask(contract.listChats, { query: { whose: 'shared' } })).body
    expect(items).toMatchObject([{ id, owner: { username: 'uma', name: 'First uma Last uma' } }])
    const headers = { 'if-match': '*' }
    for (const answer of [
      await admin.ask(contract.renameChat, { params: { id }, body: { title: 'x' } }),
      await admin.ask(contract.saveChat, { params: { id }, body: { content: content(turn('x')) }, headers }),
      await admin.ask(contract.deleteChat, { params: { id } }),
      await admin.ask(contract.unshareChat, { params: { id } }),
    ])
      expect(answer.body.code).toBe('not_found')
    const stranger = await house.signedIn(tenants.globex.admin)
    expect((await stranger.ask(contract.getChat, { params: { id } })).status).toBe(404)
    await user.ask(contract.unshareChat, { params: { id } })
    expect((await read()).status).toBe(404)
    const record = await admin.ask(contract.listAuditEntries, { query: { q: 'uma' } })
    const actions = record.body.items.map(({ action }: { action: string }) => action)
    expect(actions).toEqual(expect.arrayContaining(['chat.shared', 'chat.unshared']))
    expect(record.text).not.toContain('To share')
    expect(record.text).not.toContain('secret question')
  })

  test('is deleted, brought back, and gone for good a day later', async () => {
    const { id } = (await create('To delete')).body
    await user.ask(contract.deleteChat, { params: { id } })
    expect((await user.ask(contract.getChat, { params: { id } })).status).toBe(404)
    expect((await admin.ask(contract.restoreChat, { params: { id } })).status).toBe(404)
    expect((await user.ask(contract.restoreChat, { params: { id } })).body.id).toBe(id)
    await user.ask(contract.deleteChat, { params: { id } })
    house.clock.forward(25 * 3_600_000)
    await keepHouse(house.deps.database)
    user = await house.signedIn(tenants.acme.user)
    expect((await user.ask(contract.restoreChat, { params: { id } })).status).toBe(404)
  })

  test('pages of the list hang together', async () => {
    for (let n = 0; n < 5; n += 1) await create(`Paged ${n}`)
    const page = (cursor?: string) =>
      user
        .ask(contract.listChats, { query: { q: 'Paged', limit: 2, ...(cursor && { cursor }) } })
        .then(({ body }) => body)
    const first = await page()
    const second = await page(first.next)
    const third = await page(second.next)
    const titles = [first, second, third].flatMap(({ items }) => items.map(({ title }: { title: string }) => title))
    expect(titles).toEqual(['Paged 4', 'Paged 3', 'Paged 2', 'Paged 1', 'Paged 0'])
    expect(third.next).toBeNull()
    expect((await page(third.previous)).items).toEqual(second.items)
  })
})
