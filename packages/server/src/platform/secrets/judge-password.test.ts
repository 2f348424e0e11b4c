import { expect, test } from 'vitest'
import { judgePassword } from './judge-password.ts'
import { generatePassword, newToken, tenantOfToken } from './tokens.ts'

const about = { minLength: 15, names: ['ada.byron', 'ada.byron@acme.test', 'Ada', 'Byron', 'acme', 'Acme Research'] }
const verdict = (password: string): string => {
  try {
    judgePassword(password, about)
    return 'good'
  } catch (error) {
    return (error as { extra: { errors: { code: string }[] } }).extra.errors[0]?.code ?? ''
  }
}

test.each([
  ['fourteen chars', 'too_short'],
  ['x'.repeat(129), 'too_long'],
  ['passwordpassword', 'too_common'],
  ['aaaaaaaaaaaaaaaaaaaa', 'too_common'],
  ['123456789012345678', 'too_common'],
  ['qwertyuiopasdfgh', 'too_common'],
  ['ada.byron.acme.test', 'too_personal'],
  ['AdaByronAcmeResearch1', 'too_personal'],
  ['violet otter paints the moon', 'good'],
  ['слон идёт по мосту ночью', 'good'],
  ['🦊🦊 sleeps under 🌲 until noon', 'good'],
])('“%s” is %s', (password, expected) => expect(verdict(password)).toBe(expected))

test('lengths are characters, not bytes, and nothing is cut off', () => {
  expect(verdict('🦊'.repeat(14))).toBe('too_short')
  expect(verdict(`${'a long start that is the same in both cases '.repeat(2)}${'x'.repeat(41)}`)).toBe('too_long')
})

test('what we generate passes what we demand', () => {
  for (let round = 0; round < 50; round += 1) expect(verdict(generatePassword())).toBe('good')
})

test('a token says where to look for it, and nothing else is taken for one', () => {
  const tenant = '01900000-0000-7000-8000-000000000001'
  expect(tenantOfToken(newToken(tenant))).toBe(tenant)
  for (const text of ['', 'x', newToken(tenant).slice(1), `${newToken(tenant)}A`, '!'.repeat(64)])
    expect(tenantOfToken(text)).toBeNull()
})
