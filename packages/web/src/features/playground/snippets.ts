import type { ChatParameters } from '@tenantry/contract'
import type { Message } from './chat-tree.ts'

export type Asked = {
  /** Where the platform is, without a path: `https://cloud.example.org`. */
  origin: string
  model: string
  messages: Message[]
  parameters: Omit<ChatParameters, 'system'>
}
export const languages = ['curl', 'python', 'typescript'] as const
export type Language = (typeof languages)[number]
/** `plain` needs nothing but the language; `package` the openai package. */
export type Kind = 'plain' | 'package'

const noKey = 'Set TENANTRY_API_KEY to a model key of yours.'

// What is not seen, or is a line break to some: half a pair, controls, what turns the direction of text.
const unseen = /[\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202F\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/g
/**
 * JSON in one or more lines. A literal of it is one of Python and of TypeScript as well, as there is neither true, false
 * nor null in what is asked.
 */
function json(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, one) => (typeof one === 'string' ? one.replace(/\p{Surrogate}/gu, '\uFFFD') : one),
    2,
  )
  return text.replace(unseen, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
const indented = (text: string, by: string): string => text.replaceAll('\n', `\n${by}`)
const bodyOf = ({ model, messages, parameters }: Asked) => ({ model, messages, ...parameters })
/** What is asked, as named arguments of a call: `model="…",`. */
const named = (asked: Asked, sign: string): string =>
  Object.entries(bodyOf(asked))
    .map(([name, value]) => `    ${name}${sign}${indented(json(value), '    ')},`)
    .join('\n')

// A line of JSON is never `JSON` alone: it is quoted, and its line breaks are escaped.
const curl = (asked: Asked): string => `: "\${TENANTRY_API_KEY:?${noKey}}" &&
curl -sS --fail-with-body '${asked.origin}/v1/chat/completions' \\
  -H "Authorization: Bearer $TENANTRY_API_KEY" \\
  -H 'Content-Type: application/json' \\
  --data-binary @- <<'JSON'
${json(bodyOf(asked))}
JSON
`

const python = (asked: Asked): string => `import json, os, sys, urllib.error, urllib.request

key = os.environ.get("TENANTRY_API_KEY")
if not key:
    sys.exit("${noKey}")

body = ${json(bodyOf(asked))}
request = urllib.request.Request(
    "${asked.origin}/v1/chat/completions",
    data=json.dumps(body).encode(),
    headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
)
try:
    with urllib.request.urlopen(request) as response:
        answer = json.load(response)
except urllib.error.HTTPError as error:
    text = error.read().decode(errors="replace")
    try:
        text = json.loads(text)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        pass
    sys.exit(f"{error.code}: {text}")
except urllib.error.URLError as error:
    sys.exit(f"No answer: {error.reason}")

print(answer["choices"][0]["message"]["content"] or "")
`

const pythonPackage = (asked: Asked): string => `# pip install openai
import os, sys
from openai import OpenAI, OpenAIError

key = os.environ.get("TENANTRY_API_KEY")
if not key:
    sys.exit("${noKey}")

client = OpenAI(base_url="${asked.origin}/v1", api_key=key)
try:
    completion = client.chat.completions.create(
    ${indented(named(asked, '='), '    ')}
    )
except OpenAIError as error:
    sys.exit(str(error))

print(completion.choices[0].message.content or "")
`

const typescript = (asked: Asked): string => `// ask.mts: node ask.mts (Node 22.18 or later), or npx tsx ask.mts
const key = process.env.TENANTRY_API_KEY
if (!key) {
  console.error('${noKey}')
  process.exit(1)
}

const body = ${json(bodyOf(asked))}
const response = await fetch('${asked.origin}/v1/chat/completions', {
  method: 'POST',
  headers: { Authorization: \`Bearer \${key}\`, 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})
const text = await response.text()
if (!response.ok) {
  let message = text
  try {
    message = JSON.parse(text).error.message
  } catch {}
  console.error(\`\${response.status}: \${message}\`)
  process.exit(1)
}
console.log(JSON.parse(text).choices[0].message.content ?? '')
`

const typescriptPackage = (asked: Asked): string => `// npm install openai
// ask.mts: node ask.mts (Node 22.18 or later), or npx tsx ask.mts
import OpenAI from 'openai'

const key = process.env.TENANTRY_API_KEY
if (!key) {
  console.error('${noKey}')
  process.exit(1)
}

const client = new OpenAI({ baseURL: '${asked.origin}/v1', apiKey: key })
try {
  const completion = await client.chat.completions.create({
${named(asked, ': ')}
  })
  console.log(completion.choices[0]?.message.content ?? '')
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
`

/** A program that asks the same. It runs as it stands, with a key in TENANTRY_API_KEY, and writes the answer’s text. */
export function snippet(language: Language, kind: Kind, asked: Asked): string {
  if (language === 'curl') return curl(asked)
  if (language === 'python') return kind === 'plain' ? python(asked) : pythonPackage(asked)
  return kind === 'plain' ? typescript(asked) : typescriptPackage(asked)
}
