import { run, seconds, tool } from './run.mjs'

const steps = [
  ['types', [tool('tsc'), '--noEmit', '-p', 'tsconfig.json']],
  ['lint', [tool('biome'), 'check', '--error-on-warnings', '.']],
]

/** Types and lint; answers whether all is well. */
export async function checkSources() {
  let well = true
  for (const [name, words] of steps) {
    const begun = performance.now()
    const code = await run(process.execPath, words)
    process.stdout.write(`${name}: ${code === 0 ? 'ok' : 'FAILED'} (${seconds(begun)})\n`)
    well &&= code === 0
  }
  return well
}
