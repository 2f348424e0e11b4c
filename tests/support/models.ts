import * as contract from '@tenantry/contract'
import type { FastifyInstance } from 'fastify'
import OpenAI from 'openai'
import type { Client } from './client.ts'
import { type FakeModel, openFakeModel } from './fake-model.ts'
import { openTestHouse, type TestHouse, twoTenants } from './house.ts'

export const modelSettings = {
  MODEL_ADDRESSES: '127.0.0.1',
  MODEL_SILENCE: '5',
  SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
}

/** A server that listens, as programs reach it. */
export async function openModelHouse(env: Record<string, string> = {}): Promise<TestHouse & { url: string }> {
  const house = await openTestHouse({ ...modelSettings, ...env })
  return { ...house, url: await listening(house.app) }
}

/** The address of a server, which listens from then on. */
export async function listening(app: FastifyInstance): Promise<string> {
  return app.listen({ port: 0, host: '127.0.0.1' })
}

export const unlimited = { requestsPerMinute: null, tokensPerMinute: null, tokensPerMonth: null }

/** Publishes a model; what is called `fake` there is called `model` here. */
export async function publish(
  admin: Client,
  address: string,
  more: Partial<contract.NewModel> = {},
): Promise<contract.Model> {
  const body = { name: 'model', title: 'A model', uses: ['chat', 'completions', 'embeddings'], model: 'fake' }
  const answer = await admin.ask(contract.publishModel, { body: { ...body, address, limits: unlimited, ...more } })
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body
}

export async function makeKey(client: Client, more: object = {}): Promise<{ id: string; secret: string }> {
  const answer = await client.ask(contract.createModelKey, { body: { name: 'a key', ...more } })
  if (answer.status !== 201) throw new Error(answer.text)
  return { id: answer.body.key.id, secret: answer.body.secret }
}

/** OpenAI's own client, as its users have it, but that it does not try again. */
export const openAi = (url: string, apiKey: string): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })

/** The refusal that a call ends with. */
export async function refusalOf(work: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  return work.then(
    () => {
      throw new Error('it was not refused')
    },
    (error) => error,
  )
}

export const hello = [{ role: 'user' as const, content: 'hello' }]

/** A model of acme's behind a made-up endpoint, somebody of acme with a key for it, and the tenant globex beside. */
export type TestGateway = {
  house: TestHouse & { url: string }
  fake: FakeModel
  tenants: Awaited<ReturnType<typeof twoTenants>>
  admin: Client
  user: Client
  model: contract.Model
  key: { id: string; secret: string }
}
export async function openTestGateway(env: Record<string, string> = {}): Promise<TestGateway> {
  const house = await openModelHouse(env)
  const fake = await openFakeModel()
  const tenants = await twoTenants(house)
  const admin = await house.signedIn(tenants.acme.admin)
  const user = await house.signedIn(tenants.acme.user)
  const model = await publish(admin, fake.url, { credential: 'sk-of-the-endpoint' })
  return { house, fake, tenants, admin, user, model, key: await makeKey(user) }
}

/** What a program sends that has no client: an object as JSON, or text as it is. */
export const postTo = (url: string, secret: string, body: object | string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
