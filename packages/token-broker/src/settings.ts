// The same text stands in token-broker and log-agent, so that each can be read and carried alone; a test holds them together.
import { execFileSync } from 'node:child_process'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'

export class SettingsRefused extends Error {}

export type Settings = ReturnType<typeof openSettings>

/** Reads environment variables, gathers everything that is wrong with them, and says it all at once in `check`. */
export function openSettings(env: NodeJS.ProcessEnv) {
  const errors: string[] = []
  const refuse = (name: string, what: string) => {
    errors.push(`${name}: ${what}`)
  }
  const text = (name: string, otherwise: string): string => env[name] || otherwise
  const whole = (name: string, least: number, most: number, otherwise: number): number => {
    const given = text(name, String(otherwise))
    if (/^\d{1,9}$/.test(given) && Number(given) >= least && Number(given) <= most) return Number(given)
    refuse(name, `must be a whole number from ${least} to ${most} (it is ${JSON.stringify(given)})`)
    return otherwise
  }
  const names = (name: string): Set<string> =>
    new Set(
      text(name, '')
        .split(/[\s,]+/)
        .filter(Boolean),
    )

  /** What a file holds that nobody but its owner may change, nor anybody but the owner and their group read. */
  const privateFile = (name: string): { content: Buffer; owner: number } => {
    const nothing = { content: Buffer.alloc(0), owner: -1 }
    const path = env[name]
    if (!path) {
      refuse(name, 'is needed')
      return nothing
    }
    try {
      const { content, mode, uid, gid } = readOpened(path)
      if (mode & 0o007) refuse(name, `${path} is open to everybody: chmod 600`)
      else if (mode & 0o020) refuse(name, `${path} can be changed by its group: chmod 600`)
      else if (mode & 0o040 && gid !== groupOf(uid))
        refuse(name, `${path} is open to a group not its owner’s: chmod 600`)
      if (content.length === 0) refuse(name, `${path} is empty`)
      return { content, owner: uid }
    } catch (error) {
      refuse(name, (error as Error).message)
      return nothing
    }
  }

  /** What callers prove themselves with. */
  const secret = (): Buffer => {
    const before = errors.length
    const content = Buffer.from(privateFile('SECRET_FILE').content.toString('utf8').trim())
    if (errors.length === before && content.length < 32) refuse('SECRET_FILE', 'must hold 32 characters or more')
    return content
  }

  const tls = (): { cert: Buffer; key: Buffer } | null => {
    if (!env.TLS_CERT && !env.TLS_KEY) return null
    if (!env.TLS_CERT || !env.TLS_KEY) {
      refuse(env.TLS_CERT ? 'TLS_KEY' : 'TLS_CERT', 'is needed too')
      return null
    }
    const key = privateFile('TLS_KEY').content
    try {
      return { cert: readFileSync(env.TLS_CERT), key }
    } catch (error) {
      refuse('TLS_CERT', (error as Error).message)
      return null
    }
  }

  /** Throws `SettingsRefused` with a line for each error. */
  const check = (): void => {
    if (errors.length > 0)
      throw new SettingsRefused(`These settings are not right:\n${errors.map((line) => `  ${line}`).join('\n')}`)
  }

  return { text, whole, names, privateFile, secret, tls, refuse, check }
}

// Mode and content are of the same file, whatever is put in its place meanwhile.
function readOpened(path: string) {
  const file = openSync(path, 'r')
  try {
    const { mode, uid, gid } = fstatSync(file)
    return { content: readFileSync(file), mode, uid, gid }
  } finally {
    closeSync(file)
  }
}

function groupOf(uid: number): number {
  try {
    return Number(execFileSync('getent', ['passwd', String(uid)], { encoding: 'utf8' }).split(':')[3])
  } catch {
    return -1
  }
}
