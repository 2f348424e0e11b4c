import { get } from 'node:http'
import { addPerson, addTenant, signIn } from '../lib/house.ts'
import { ask } from '../lib/load.ts'
import { report } from '../lib/report.ts'
import type { Bench } from '../users.ts'

/** A CSV file of 100,000 people, and the export of everybody. */
export async function measureFiles({ deps, server, port, cookies, quick }: Bench): Promise<void> {
  const count = quick ? 5_000 : 100_000
  const tenant = await addTenant(deps, 'files')
  await addPerson(deps, tenant, 'admin', 'Tenant Admin')
  const cookie = await signIn(port, 'files', 'admin')
  const lines = Array.from({ length: count }, (_, n) => `imported${n},imported${n}@files.test,Im,Ported,Tenant User`)
  const csv = `username,email,first_name,last_name,role\n${lines.join('\n')}\n`
  const post = async (path: string) => {
    const begun = performance.now()
    const answer = await ask({ port, method: 'POST', path: `/api/v1/users/${path}`, body: csv, headers: { cookie } })
    const seconds = (performance.now() - begun) / 1000
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body.slice(0, 300)}`)
    return { seconds, created: JSON.parse(answer.body).created as number }
  }
  const dry = await post('import/check')
  const done = await post('import')
  const n = count.toLocaleString('en')
  report({
    what: `dry run of an import of ${n}`,
    measured: `${dry.seconds.toFixed(1)} s, a result for each`,
    bar: '≤ 20 s',
    holds: dry.seconds <= 20,
  })
  report({
    what: `import of ${n}`,
    measured: `${done.seconds.toFixed(1)} s, ${done.created.toLocaleString('en')} created`,
    bar: '≤ 60 s',
    holds: done.seconds <= 60,
  })

  const before = (await server.state()).rss
  let highest = before
  const watch = setInterval(() => void server.state().then(({ rss }) => (highest = Math.max(highest, rss))), 200)
  const begun = performance.now()
  const bytes = await download(port, cookies.big)
  clearInterval(watch)
  const grown = (highest - before) / 2 ** 20
  report({
    what: `export of the big tenant (${(bytes.lines - 2).toLocaleString('en')} users)`,
    measured: `${((performance.now() - begun) / 1000).toFixed(1)} s, ${(bytes.size / 2 ** 20).toFixed(0)} MiB; the server grew by ${grown.toFixed(0)} MiB`,
    bar: 'streamed, under 150 MB',
    holds: grown < 150,
  })
}

const download = (port: number, cookie: string) =>
  new Promise<{ size: number; lines: number }>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/api/v1/users/export', headers: { cookie } }, (response) => {
      let size = 0
      let lines = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        for (const byte of chunk) if (byte === 10) lines += 1
      })
      response.on('end', () => resolve({ size, lines }))
      response.on('error', reject)
    }).on('error', reject)
  })
