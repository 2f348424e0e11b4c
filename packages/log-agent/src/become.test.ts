import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPeople, type Person } from './people.ts'
import { openReader } from './reader.ts'

const why = process.getuid?.() !== 0 ? 'Only root becomes somebody else.' : (missing('useradd') ?? missing('setpriv'))
if (why !== null) process.stdout.write(`NOT RUN: whether the log agent reads as the person. ${why}\n`)

describe.skipIf(why !== null)('as root, files are read as the person', () => {
  const [owner, other] = [`own${process.pid}`, `oth${process.pid}`]
  let folder: string
  let own: Person
  let another: Person
  const reader = openReader(true)
  const people = openPeople()

  beforeAll(async () => {
    for (const name of [owner, other]) execFileSync('useradd', ['--no-create-home', '--shell', '/bin/sh', name])
    own = (await people.find(owner)) as Person
    another = (await people.find(other)) as Person
    folder = mkdtempSync(join(tmpdir(), 'log-agent-'))
    chmodSync(folder, 0o755)
  })
  afterAll(() => {
    reader.close()
    for (const name of [owner, other]) execFileSync('userdel', [name], { stdio: 'ignore' })
    rmSync(folder, { recursive: true })
  })

  const theirs = (path: string, mode: number) => {
    chmodSync(path, mode)
    chownSync(path, own.uid, own.gid)
    return path
  }
  const file = (name: string, mode: number) => {
    writeFileSync(join(folder, name), 'for the owner\n')
    return theirs(join(folder, name), mode)
  }
  const read = async (person: Person, path: string): Promise<string> => {
    const opened = await reader.open(person, path, 0, false)
    if (typeof opened === 'string') return opened
    let text = ''
    for await (const chunk of opened.bytes) text += chunk
    return text
  }

  test('the owner reads it, and nobody else where its mode says so', async () => {
    const path = file('private', 0o600)
    expect(await read(own, path)).toBe('for the owner\n')
    expect(await read(another, path)).toBe('forbidden')
    expect(await read(another, file('shared', 0o644))).toBe('for the owner\n')
  })

  test('what is below a closed folder is closed, and so is whether it is there', async () => {
    mkdirSync(join(folder, 'home'))
    file('home/out', 0o644)
    theirs(join(folder, 'home'), 0o700)
    expect(await read(own, join(folder, 'home/out'))).toBe('for the owner\n')
    for (const name of ['out', 'none']) {
      expect(await read(another, join(folder, 'home', name))).toBe('forbidden')
      expect(await reader.stat(another, join(folder, 'home', name))).toBe('forbidden')
    }
  })

  test('a link leads where it leads the person, not where it leads root', async () => {
    writeFileSync(join(folder, 'of-root'), 'for root alone\n', { mode: 0o600 })
    for (const target of [join(folder, 'of-root'), '/etc/shadow', file('target', 0o600)]) {
      const link = join(folder, `link-${Math.random()}`)
      symlinkSync(target, link)
      expect([target, await read(another, link)]).toEqual([target, 'forbidden'])
    }
    expect(await read(another, '/etc/shadow')).toBe('forbidden')
    const link = join(folder, 'link-to-own')
    symlinkSync(file('target', 0o600), link)
    expect(await read(own, link)).toBe('for the owner\n')
  })

  test('nothing of root’s is left to who reads: no group, no capability, no way back', async () => {
    // This file tells of whoever opened it. It is empty by its size, so it is only sent while it is followed.
    const opened = await reader.open(own, '/proc/self/status', 0, true)
    if (typeof opened === 'string') throw new Error(opened)
    let status = ''
    for await (const chunk of opened.bytes) {
      status = String(chunk)
      opened.end()
      break
    }
    const line = (name: string) => new RegExp(`^${name}:\\s*(.*?)\\s*$`, 'm').exec(status)?.[1]
    expect(line('Uid')?.split('\t')).toEqual(Array(4).fill(`${own.uid}`))
    expect(line('Gid')?.split('\t')).toEqual(Array(4).fill(`${own.gid}`))
    expect(line('Groups')).toBe(`${own.gid}`)
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) expect(line(set)).toMatch(/^0+$/)
    expect(line('NoNewPrivs')).toBe('1')
  })
})

function missing(program: string): string | null {
  try {
    execFileSync('sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' })
    return null
  } catch {
    return `${program} is missing.`
  }
}
