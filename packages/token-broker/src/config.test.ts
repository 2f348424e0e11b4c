import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'token-broker-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string, mode = 0o600) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  chmodSync(path, mode)
  return path
}
const good = { KEY_FILE: file('key', 'k'.repeat(32)), SECRET_FILE: file('secret', `${'s'.repeat(32)}\n`) }
const refused = (env: NodeJS.ProcessEnv): string => {
  try {
    readConfig(env)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

test('two files are enough: the rest has a default, on loopback', () => {
  expect(readConfig(good)).toMatchObject({
    host: '127.0.0.1',
    port: 6822,
    tls: null,
    secret: Buffer.from('s'.repeat(32)),
    key: Buffer.from('k'.repeat(32)),
    keyOwner: process.getuid?.(),
    serviceUser: null,
    denyUsers: new Set(),
    minUid: 1000,
    unknownUsers: false,
    tokensPerMinute: 6000,
  })
})

test('everything that is wrong is said at once, without what secret files hold', () => {
  const short = file('short', 'tooshort')
  const said = refused({
    SECRET_FILE: short,
    PORT: '70000',
    MIN_UID: 'x',
    UNKNOWN_USERS: 'yes',
    SERVICE_USER: 'root',
    DENY_USERS: 'a, root',
    TLS_CERT: good.KEY_FILE,
  })
  for (const name of [
    'KEY_FILE',
    'SECRET_FILE',
    'PORT',
    'MIN_UID',
    'UNKNOWN_USERS',
    'SERVICE_USER',
    'DENY_USERS',
    'TLS_KEY',
  ])
    expect(said).toContain(`  ${name}: `)
  expect(said).not.toContain('tooshort')
})

test('a key that others can read or change, or that is empty or missing, is none', () => {
  const withKey = (mode: number, content = 'k') => refused({ ...good, KEY_FILE: file(`key-${mode}`, content, mode) })
  expect(withKey(0o600)).toBe('')
  expect(withKey(0o400)).toBe('')
  expect(withKey(0o640)).toBe('')
  for (const mode of [0o644, 0o604, 0o602, 0o601]) expect(withKey(mode)).toMatch(/open to everybody/)
  expect(withKey(0o660)).toMatch(/changed by its group/)
  expect(withKey(0o600, '')).toMatch(/is empty/)
  expect(refused({ ...good, KEY_FILE: join(folder, 'nowhere') })).toMatch(/KEY_FILE: ENOENT/)
})

const root = process.getuid?.() === 0
if (!root) process.stdout.write('NOT RUN: whether a key of another group is refused. It needs root to make one.\n')
test.skipIf(!root)('a key that a group reads which is not its owner’s is refused', () => {
  const path = file('of-another-group', 'k', 0o640)
  chownSync(path, 0, 12_345)
  expect(refused({ ...good, KEY_FILE: path })).toMatch(/a group not its owner’s/)
})
