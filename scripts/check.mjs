import { checkSources, step } from './lib/check.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { tool } from './lib/run.mjs'

await ensureInstalled()
const well = await checkSources()
const tested = await step('unit tests', [tool('vitest'), 'run', '--project', 'unit'])
process.exit(well && tested ? 0 : 1)
