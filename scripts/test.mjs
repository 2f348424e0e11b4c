import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './lib/build.mjs'
import { checkSources } from './lib/check.mjs'
import { ensureChromium } from './lib/chromium.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { run, seconds, tool } from './lib/run.mjs'
import { startSecondPostgres } from './lib/second-postgres.mjs'

// Everything the tests need is put in place here, so that this works on a machine with nothing but Node.
await ensureInstalled()
const chromium = await ensureChromium()
const second = await startSecondPostgres()
for (const { missing } of [chromium, second]) if (missing) process.stdout.write(`\nNOT RUN: ${missing}\n\n`)
const folder = mkdtempSync(join(tmpdir(), 'tenantry-results-'))
const total = { passed: 0, failed: 0, skipped: 0 }
let well = true

async function vitest(title, projects, env = {}) {
  const begun = performance.now()
  const report = join(folder, `${title.replace(/\W+/g, '-')}.json`)
  process.stdout.write(`\n— ${title}\n`)
  const words = [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const code = await run(process.execPath, [tool('vitest'), ...words], { env })
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'))
  total.passed += numPassedTests
  total.failed += numFailedTests
  total.skipped += numPendingTests + (numTodoTests ?? 0)
  if (numPassedTests === 0 && numFailedTests === 0) process.stdout.write(`${title}: no test ran\n`)
  well &&= code === 0
  process.stdout.write(`${title}: ${code === 0 ? 'ok' : 'FAILED'} (${seconds(begun)})\n`)
}

const own = { DATABASE_URL: '', CHROMIUM: chromium.path ?? '' }
try {
  await build()
  well = (await checkSources()) && well
  await vitest('unit', ['unit'], own)
  await vitest('embedded PostgreSQL: the server that supervises it', ['embedded'], own)
  await vitest('integration on the embedded PostgreSQL', ['integration'], own)
  if (second.url)
    await vitest(`integration on PostgreSQL ${second.version} by DATABASE_URL`, ['integration'], {
      ...own,
      DATABASE_URL: second.url,
      SUPERUSER_URL: second.superuserUrl,
    })
  if (chromium.path) await vitest('browser', ['browser'], own)
} catch (error) {
  well = false
  process.stderr.write(`${error.stack}\n`)
} finally {
  await second.stop?.()
  rmSync(folder, { recursive: true, force: true })
}
if (!well && total.failed === 0) total.failed = 1
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
process.exit(well ? 0 : 1)
