import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { transformSync } from 'esbuild'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, type Kind, type Language, snippet } from './snippets.ts'

// The snippets are run as they stand, against a server that says back what it was asked.
let server: Server
let origin = ''
let folder = ''
let refusal: { status: number; body: string } | null = null
let asked: { path: string; key: string | undefined; body: Record<string, unknown> }[] = []
let answer: string | null = 'An answer'

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'snippets-'))
  symlinkSync(resolve(import.meta.dirname, '../../../../../node_modules'), join(folder, 'node_modules'))
  // In the place of the package, where it is not installed: what the snippet calls of it.
  writeFileSync(join(folder, 'openai.py'), madeUpPackage)
  server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    asked.push({ path: request.url ?? '', key: request.headers.authorization, body: JSON.parse(text) })
    response.writeHead(refusal?.status ?? 200, { 'content-type': 'application/json' })
    response.end(
      refusal?.body ?? JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: answer } }] }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

const madeUpPackage = `
import json, types, urllib.error, urllib.request
class OpenAIError(Exception): pass
class OpenAI:
    def __init__(self, base_url, api_key):
        def create(**body):
            request = urllib.request.Request(base_url + "/chat/completions", data=json.dumps(body).encode(),
                headers={"Authorization": "Bearer " + api_key})
            try:
                answer = json.load(urllib.request.urlopen(request))
            except urllib.error.HTTPError as error:
                raise OpenAIError(error.read().decode())
            return json.loads(json.dumps(answer), object_hook=lambda one: types.SimpleNamespace(**one))
        self.chat = types.SimpleNamespace(completions=types.SimpleNamespace(create=create))
`

type Ran = { code: number; out: string; err: string }
const execute = (command: string, args: string[], env: Record<string, string>): Promise<Ran> =>
  new Promise((done) => {
    const options = {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', ...env } as NodeJS.ProcessEnv,
    }
    execFile(command, args, options, (error, out, err) => done({ code: error ? Number(error.code ?? 1) : 0, out, err }))
  })

let files = 0
/** Runs a snippet as a reader would: saved in a file, or pasted into a shell. */
async function run(language: Language, kind: Kind, what: Asked, key: string | null = 'sk-mine'): Promise<Ran> {
  const code = snippet(language, kind, what)
  const env: Record<string, string> = key === null ? {} : { TENANTRY_API_KEY: key }
  files += 1
  const file = (ending: string, text: string) => {
    const path = join(folder, `ask-${files}.${ending}`)
    writeFileSync(path, text)
    return path
  }
  if (language === 'curl') return execute('bash', [file('sh', code)], env)
  if (language === 'python') return execute('python3', [file('py', code)], env)
  // As Node runs TypeScript: its types are taken away. What is JavaScript as it stands is run as it stands.
  const bare = transformSync(code, { loader: 'ts', format: 'esm', target: 'esnext', minifyWhitespace: false }).code
  return execute('node', [file('mjs', kind === 'plain' ? code : bare)], env)
}

const missing = new Map<Language, boolean>()
beforeAll(async () => {
  for (const [language, command] of [
    ['curl', 'curl'],
    ['python', 'python3'],
    ['typescript', 'node'],
  ] as const)
    missing.set(language, (await execute(command, ['--version'], {})).code !== 0)
})

const all: [Language, Kind][] = [
  ['curl', 'plain'],
  ['python', 'plain'],
  ['python', 'package'],
  ['typescript', 'plain'],
  ['typescript', 'package'],
]
const say = (content: string, more: Partial<Asked> = {}): Asked => ({
  ...{ origin, model: 'lab/model-1', messages: [{ role: 'user', content }], parameters: {} },
  ...more,
})
const nasty = [
  `it's "quoted" \\ back\\\\slash \\n $HOME \${HOME} $(id) \`id\` %s %d {x} {{y}} #{z}`,
  'line one\nJSON\n\r\nline\tthree\n',
  '"""\n\'\'\'\n<<EOF\nEOF',
  '</script><script>alert(1)</script><!-- -->',
  'Grüße, 世界, 🦆👩‍👩‍👧, \u0041\u030a, \u2028\u2029\u0085\ufeff\u200b\u202e\u0000\u007f\u001b[31m',
  '// comment */ /* # -- ; \\',
]

describe.each(all)('%s, %s', (language, kind) => {
  test('asks what was asked, and writes the answer and nothing else', async (context) => {
    if (missing.get(language)) context.skip(`there is no ${language} here`)
    asked = []
    const parameters = { temperature: 0.7, top_p: 1e-7, max_tokens: 100, stop: ['\n\n', '"'], seed: -9007199254740991 }
    const messages: Asked['messages'] = [
      { role: 'system', content: nasty.join('\n') },
      ...nasty.map((content, n) => ({ role: n % 2 ? ('assistant' as const) : ('user' as const), content })),
    ]
    answer = 'Grüße "aus" \\ der\nAntwort 🦆'
    const { code, out, err } = await run(language, kind, say('', { messages, parameters }))
    expect([code, err]).toEqual([0, ''])
    if (language === 'curl') expect(JSON.parse(out).choices[0].message.content).toBe(answer)
    else expect(out).toBe(`${answer}\n`)
    expect(asked).toEqual([
      { path: '/v1/chat/completions', key: 'Bearer sk-mine', body: { model: 'lab/model-1', messages, ...parameters } },
    ])
  })

  test('without a key says which variable is missing, and asks nothing', async (context) => {
    if (missing.get(language)) context.skip(`there is no ${language} here`)
    asked = []
    const { code, err } = await run(language, kind, say('x'), null)
    expect(code).not.toBe(0)
    expect(err).toContain('TENANTRY_API_KEY')
    expect(asked).toEqual([])
  })

  test('of a refusal says what the server says, and ends with an error', async (context) => {
    if (missing.get(language)) context.skip(`there is no ${language} here`)
    refusal = { status: 403, body: JSON.stringify({ error: { message: 'This key may not use that model.' } }) }
    const { code, out, err } = await run(language, kind, say('x'))
    refusal = { status: 400, body: 'not JSON at all' }
    const other = await run(language, kind, say('x'))
    refusal = null
    expect([code === 0, other.code === 0]).toEqual([false, false])
    expect(out + err).toContain('This key may not use that model.')
    if (kind === 'plain') expect(other.out + other.err).toContain('not JSON at all')
  })

  // curl writes what it is answered, as it is.
  if (language !== 'curl')
    test('an answer without text is an empty line', async (context) => {
      if (missing.get(language)) context.skip(`there is no ${language} here`)
      answer = null
      expect((await run(language, kind, say('x'))).out).toBe('\n')
      answer = 'An answer'
    })

  test('whatever is asked arrives as it was asked', async (context) => {
    if (missing.get(language)) context.skip(`there is no ${language} here`)
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        '\\',
        '"',
        "'",
        '$',
        '`',
        '\n',
        '\r\n',
        '\nJSON\n',
        '"""',
        "'''",
        '${',
        '</script>',
        '\\u0041',
        '\u2028',
        '{',
        '%',
      ),
    )
    const text = fc.array(piece, { minLength: 1, maxLength: 20 }).map((pieces) => pieces.join(''))
    await fc.assert(
      // Many texts in one run: a language takes longer to start than to ask.
      fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 30 }), async (texts) => {
        asked = []
        const messages = texts.map((content) => ({ role: 'user' as const, content }))
        expect((await run(language, kind, say('', { messages }))).code).toBe(0)
        expect(asked[0]?.body.messages).toEqual(messages)
      }),
      { numRuns: 2 },
    )
  }, 60_000)

  test('half a character, which no text may hold, is sent as the sign for that', async (context) => {
    if (missing.get(language)) context.skip(`there is no ${language} here`)
    asked = []
    expect((await run(language, kind, say('a\ud83eb'))).code).toBe(0)
    expect(asked[0]?.body.messages).toEqual([{ role: 'user', content: 'a\ufffdb' }])
  })
})

test('what turns the direction of text or is not seen is spelled out', () => {
  for (const [language, kind] of all)
    expect(snippet(language, kind, say('a\u202eb\u200b'))).toContain('a\\u202eb\\u200b')
})
