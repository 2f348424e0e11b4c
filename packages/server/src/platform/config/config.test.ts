import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

test('without settings it listens on this machine alone, with a database of its own', () => {
  expect(readConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    databaseUrl: null,
    publicUrl: null,
    trustProxy: false,
    localWorkspaces: false,
  })
})

test('every wrong setting is named at once, and no secret with it', () => {
  const wrong = {
    PORT: 'abc',
    PUBLIC_URL: 'foo',
    RATE_LIMIT: '-1',
    KEY_RATE_LIMIT: 'many',
    TRUST_PROXY: 'yes',
    LOCAL_WORKSPACES: '1',
    DATABASE_URL: 'mysql://user:hunter2@host',
    LOG_LEVEL: 'loud',
    SMTP_URL: 'smtp://x',
  }
  const message = (() => {
    try {
      readConfig(wrong)
      return ''
    } catch (error) {
      return (error as Error).message
    }
  })()
  for (const name of [
    'PORT',
    'PUBLIC_URL',
    'RATE_LIMIT',
    'KEY_RATE_LIMIT',
    'TRUST_PROXY',
    'LOCAL_WORKSPACES',
    'DATABASE_URL',
    'LOG_LEVEL',
    'MAIL_FROM',
  ])
    expect(message).toContain(`${name}:`)
  expect(message).not.toContain('hunter2')
})

test('a secret may be in a file, which has to be there, and not in both places', () => {
  expect(() => readConfig({ METRICS_TOKEN_FILE: '/nowhere/at/all' })).toThrow(/METRICS_TOKEN_FILE/)
  expect(() => readConfig({ METRICS_TOKEN: 'a'.repeat(20), METRICS_TOKEN_FILE: '/etc/hostname' })).toThrow(
    /set one of them/,
  )
})

test('an address keeps its origin only', () => {
  expect(readConfig({ PUBLIC_URL: 'https://cloud.example.org/some/path?x=1' }).publicUrl).toBe(
    'https://cloud.example.org',
  )
})
