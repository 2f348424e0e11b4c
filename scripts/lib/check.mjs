import { run, seconds, tool } from './run.mjs'

const steps = [
  ['types', [tool('tsc'), '--noEmit', '-p', 'tsconfig.json']],
  ['lint', [tool('biome'), 'check', '--error-on-warnings', '.']],
]

/** Types and lint; answers whether all is well. */
export async function checkSources() {
  let well = true
  for (const [name, words] of steps) well = (await step(name, words)) && well
  return well
}

/** Runs one step with Node, says how it went and how long it took, and answers whether it went well. */
export async function step(name, words, options) {
  const begun = performance.now()
  const code = await run(process.execPath, words, options)
  process.stdout.write(`${name}: ${code === 0 ? 'ok' : 'FAILED'} (${seconds(begun)})\n`)
  return code === 0
}
