import { install as installIronic } from '../dev/engines/ironic.mjs'
import { install as installJupyter } from '../dev/engines/jupyter.mjs'
import { install as installKubernetes } from '../dev/engines/kubernetes.mjs'
import { install as installModel } from '../dev/engines/model.mjs'
import { install as installSlurm } from '../dev/engines/slurm.mjs'
import { build } from './lib/build.mjs'
import { checkSources } from './lib/check.mjs'
import { ensureChromium } from './lib/chromium.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { stopRunning } from './lib/run.mjs'
import { startSecondPostgres } from './lib/second-postgres.mjs'
import { openTally } from './lib/tally.mjs'

// Everything the tests need is put in place here, so that this works on a machine with nothing but Node.
await ensureInstalled()
const tally = openTally()
const cleanUps = [() => tally.close()]
const cleanUp = async () => {
  for (const step of cleanUps.splice(0).reverse()) await step()
}
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.once(signal, () =>
    stopRunning(signal)
      .then(cleanUp)
      .finally(() => process.exit(code)),
  )

/** One thing the run stands on; where it fails, the others still run and the whole is a failure. */
async function attempt(what, work) {
  try {
    return await work()
  } catch (error) {
    tally.failed(`${what}: ${error.message}`)
    return { missing: `${what}: ${error.message}` }
  }
}

const chromium = await attempt('Chromium', ensureChromium)
const second = await attempt('The second PostgreSQL', startSecondPostgres)
if (second.stop) cleanUps.push(second.stop)
if (chromium.missing) tally.note(`NOT RUN: tests/browser. ${chromium.missing}`)
if (second.missing) tally.note(`NOT RUN: the integration tests on a second PostgreSQL. ${second.missing}`)

for (const [name, install] of [
  ['Slurm', installSlurm],
  ['Ironic', installIronic],
  ['Kubernetes', installKubernetes],
  ['Jupyter', installJupyter],
  ['tiny model', installModel],
]) {
  const missing = await attempt(name, async () => ({ missing: await install() }))
  if (missing.missing) tally.note(`NOT RUN: the tests on a real ${name}. ${missing.missing}`)
}

const env = {
  DATABASE_URL: '',
  CHROMIUM: chromium.path ?? '',
  TENANTRY_CHROMIUM: chromium.path ?? `missing: ${chromium.missing}`,
}
await attempt('build', () => build())
if (!(await checkSources())) tally.failed('types or lint')
await tally.vitest('unit', ['unit'], env)
await tally.vitest('the embedded PostgreSQL itself', ['embedded'], env)
const integration = await tally.vitest('integration on the embedded PostgreSQL', ['integration'], env)
if (second.url) {
  const title = `integration on PostgreSQL ${second.version} through DATABASE_URL`
  await tally.vitest(title, ['integration'], {
    ...env,
    DATABASE_URL: second.url,
    SUPERUSER_URL: second.superuserUrl,
  })
} else tally.skipped(integration)
await tally.vitest('on real engines', ['engines'], env)
await tally.vitest('browser', ['browser'], env, { mayBeEmpty: true })
await cleanUp()
process.exit(tally.end() ? 0 : 1)
