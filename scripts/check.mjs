import { checkSources } from './lib/check.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { run, tool } from './lib/run.mjs'

await ensureInstalled()
const well = await checkSources()
const code = await run(process.execPath, [tool('vitest'), 'run', '--project', 'unit'])
process.exit(well && code === 0 ? 0 : 1)
