import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Person } from './people.ts'

/** A file that is open. `identity` tells it from every other that the path may name later. */
export type Opened = {
  size: number
  start: number
  identity: string
  /** What stands from `start` on; while followed, without an end. */
  bytes: Readable
  /** True from the moment it became shorter than it was: what `bytes` then holds is something else. */
  truncated(): boolean
  end(): void
}
export type About = { size: number; mtime: Date; identity: string }
/** Why a person does not get a file. */
export type Denied = 'not_found' | 'forbidden' | 'not_a_file' | 'slow' | 'failed'

/** Answers as the person: the kernel decides what they may open, and links lead where they lead them. */
export type Reader = {
  open(person: Person, path: string, from: number, follow: boolean): Promise<Opened | Denied>
  stat(person: Person, path: string): Promise<About | Denied>
  /** Ends every process it has started. */
  close(): void
}

// The words of a person are its arguments ($1 …) and never a part of it. What is opened is what is looked at and read: all of
// it happens with file descriptor 3. A FIFO or a device is not opened, since that may wait for ever or do something.
const openScript = `
LC_ALL=C; export LC_ALL
if [ -e "$1" ] && [ ! -f "$1" ]; then echo not_a_file; exit; fi
{
  about=$(stat -c '%s %d:%i %F' - <&3) || exit 1
  case $about in *' regular '*) ;; *) echo not_a_file; exit ;; esac
  size=\${about%% *} rest=\${about#* } start=$2
  if [ "$start" -lt 0 ]; then start=$((size + start)); if [ "$start" -lt 0 ]; then start=0; fi; fi
  if [ "$start" -gt "$size" ]; then start=$size; fi
  echo "open $size $start \${rest%% *}"
  if [ "$3" = follow ]; then exec tail -s 0.25 -f -c "+$((start + 1))" <&3 3<&-; fi
  exec tail -c "+$((start + 1))" <&3 3<&-
} 3<"$1"
stat -L "$1" >/dev/null && echo 'Permission denied' >&2
`
const statScript = `
LC_ALL=C; export LC_ALL
stat -L -c '%s %Y %d:%i %F' "$1"
`
const patience = 5_000

export function openReader(asRoot = process.getuid?.() === 0): Reader {
  const children = new Set<ChildProcess>()

  const start = (person: Person, script: string, words: string[]) => {
    const [program = '', ...rest] = [...(asRoot ? becoming(person) : []), 'sh', '-c', script, 'sh', ...words]
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
    const child = spawn(program, rest, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] })
    children.add(child)
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000)
    })
    child.on('error', () => {})
    child.on('close', () => children.delete(child))
    return { child, said: () => said, end: () => void child.kill('SIGKILL') }
  }

  return {
    async open(person, path, from, follow) {
      const { child, said, end } = start(person, openScript, [path, String(from), follow ? 'follow' : 'once'])
      const line = await firstLine(child, end)
      const [, size, begin, identity = ''] = /^open (\d+) (\d+) (\S+)$/.exec(line ?? '') ?? []
      if (size === undefined) {
        end()
        return line === null ? 'slow' : line === 'not_a_file' ? 'not_a_file' : denialIn(said())
      }
      const truncated = () => said().includes('file truncated')
      return { size: Number(size), start: Number(begin), identity, bytes: child.stdout, truncated, end }
    },
    async stat(person, path) {
      const { child, said, end } = start(person, statScript, [path])
      const line = await firstLine(child, end)
      end()
      const [, size, mtime, identity = '', kind] = /^(\d+) (\d+) (\S+) (.+)$/.exec(line ?? '') ?? []
      if (kind === undefined) return line === null ? 'slow' : denialIn(said())
      if (!kind.startsWith('regular ')) return 'not_a_file'
      return { size: Number(size), mtime: new Date(Number(mtime) * 1000), identity }
    },
    close() {
      for (const child of children) child.kill('SIGKILL')
    },
  }
}

/** By numbers: they are what was checked. Nothing of root’s is left: no group, no capability, no variable, no way back. */
const becoming = ({ uid, gid }: Person): string[] => [
  'setpriv',
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--init-groups',
  '--reset-env',
  '--no-new-privs',
  '--bounding-set=-all',
  '--inh-caps=-all',
  '--pdeathsig=KILL',
]

function denialIn(said: string): Denied {
  if (/Permission denied|Operation not permitted/.test(said)) return 'forbidden'
  return /No such file|Not a directory|name too long|Too many levels/.test(said) ? 'not_found' : 'failed'
}

/** What it says first, once what it says of errors is there too: '' where it ends without, null where it takes too long. */
function firstLine(child: ChildProcess & { stdout: Readable }, end: () => void): Promise<string | null> {
  const { stdout } = child
  return new Promise((done) => {
    const chunks: Buffer[] = []
    const answer = (line: string | null) => {
      clearTimeout(late)
      stdout.off('readable', look)
      child.off('close', gone)
      child.off('error', gone)
      done(line)
    }
    const gone = () => answer(Buffer.concat(chunks).toString('utf8').trimEnd())
    const look = () => {
      for (let chunk = stdout.read(); chunk !== null; chunk = stdout.read()) {
        chunks.push(chunk)
        const text = Buffer.concat(chunks)
        const at = text.indexOf(10)
        if (at < 0) continue
        const rest = text.subarray(at + 1)
        if (rest.length > 0) stdout.unshift(rest)
        return answer(text.toString('utf8', 0, at))
      }
    }
    const late = setTimeout(() => {
      end()
      answer(null)
    }, patience)
    stdout.on('readable', look)
    child.once('close', gone)
    child.once('error', gone)
  })
}
