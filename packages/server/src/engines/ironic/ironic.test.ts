import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fake, fakeIronic, startFake } from '../../../../../tests/support/fake-engines.ts'
import { readAllowed } from '../../platform/config/allowed.ts'
import { openHttp } from '../http.ts'
import { openIronic } from './index.ts'

// Keystone and Ironic behind it: each token serves until it is revoked.
let keystone: Fake
let ironic: Fake
let made = 0
let revoked = 0

beforeAll(async () => {
  keystone = await startFake((request, response) => {
    if (request.method !== 'POST') return response.end(JSON.stringify({ version: { id: 'v3.14' } }))
    made += 1
    const project = { id: 'f'.repeat(32), name: 'service' }
    const token = { expires_at: '2100-01-01T00:00:00Z', project, catalog: [] }
    response.writeHead(201, { 'x-subject-token': `token-${made}` }).end(JSON.stringify({ token }))
  })
  const answer = fakeIronic(() => [
    { name: 'bm-1', lessee: 'acme', power: 'power on' },
    { name: 'bm-2', lessee: 'globex', power: 'power on' },
  ])
  ironic = await startFake((request, response) => {
    const token = Number(/^token-(\d+)$/.exec(String(request.headers['x-auth-token']))?.[1] ?? 0)
    if (request.url !== '/' && token <= revoked) return response.writeHead(401).end('{}')
    return answer(request, response)
  })
})
afterAll(() => Promise.all([keystone.close(), ironic.close()]))

const open = (project?: string) => {
  const allowed = readAllowed(['127.0.0.1'])
  const credential = {
    type: 'keystone' as const,
    authUrl: keystone.address,
    user: 'tenantry',
    userDomain: 'Default',
    password: 'x',
    ...(project && { project }),
  }
  const opening = { kind: 'ironic' as const, address: ironic.address, ca: null, credential, allowed }
  return openIronic(opening, openHttp(ironic.address, null, allowed))
}
const signal = () => AbortSignal.timeout(5_000)

test('it is asked with a token of Keystone’s, which is renewed when it is refused', async () => {
  const engine = open('service')
  expect((await engine.probe(signal())).api).toBe('1.80')
  const names = async () => {
    const [share] = await engine.snapshot([{ kind: 'ironic', lessee: 'acme' }], signal())
    return share?.resources.map(({ name }) => name)
  }
  expect(await names()).toEqual(['bm-1'])
  expect(made).toBe(1)
  revoked = 1
  expect(await names()).toEqual(['bm-1'])
  expect(made).toBe(2)
  revoked = 100
  await expect(names()).rejects.toMatchObject({ kind: 'unauthorised' })
  engine.close()
})

test('a credential without a project is refused in words', () => {
  expect(() => open()).toThrow('names no project')
})
