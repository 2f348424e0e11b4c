import { fork } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { command, daemon, endAll, eventually, freePort, keepState, running, stateOf } from './lib/daemons.mjs'

const version = '3.22.1'
const binaries = {
  'linux x64': 'linux-x64',
  'linux arm64': 'linux-arm64',
  'darwin x64': 'mac-x64',
  'darwin arm64': 'mac-arm64-metal',
}
/** Where llama.cpp is, once installed: outside of the project, which does not depend on it. */
export const cache = join(
  process.env.TENANTRY_ENGINE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tenantry'),
  `node-llama-cpp-${version}`,
)
const program = fileURLToPath(new URL('model-server.mjs', import.meta.url))

/** Installs llama.cpp for Node, without graphics cards: 85 MB. Answers null, or why it cannot be had here. */
export async function install() {
  if (existsSync(cache)) return null
  const binary = binaries[`${process.platform} ${process.arch}`]
  if (!binary) return `llama.cpp has no package for ${process.platform} on ${process.arch}.`
  // Made beside and moved: it is there as a whole or not at all.
  const making = `${cache}.${process.pid}`
  mkdirSync(making, { recursive: true })
  try {
    // The binary is named, since the optional packages are those of every graphics card, too.
    const words = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    const packages = [`node-llama-cpp@${version}`, `@node-llama-cpp/${binary}@${version}`]
    await command('npm', ['install', '--prefix', making, ...words, ...packages], { cwd: making })
    if (!existsSync(cache)) renameSync(making, cache)
    return null
  } catch (error) {
    return `llama.cpp is missing: ${error.message}`
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
}

/**
 * Starts a tiny model with an OpenAI-compatible endpoint, in a process of its own that ends with this one. What it answers
 * is words by chance, the same for the same seed. Throws where it cannot be installed.
 */
export async function startModel(options = {}) {
  const missing = await install()
  if (missing) throw new Error(missing)
  const child = fork(program, [], {
    env: environmentOf({ port: 0, ...options }),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaint = (complaint + text).slice(-2_000)
  })
  const ended = new Promise((done) => child.once('exit', done))
  const said = () =>
    Promise.race([
      new Promise((done) => child.once('message', done)),
      ended.then(() => {
        throw new Error(`the model has ended: ${complaint}`)
      }),
    ])
  const { port } = await said()
  let asking = Promise.resolve()
  /** One after the other, so that each has its own answer. */
  const ask = () => {
    asking = asking.then(() => {
      const answer = said()
      child.send('state')
      return answer
    })
    return asking
  }
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/v1`,
    pid: child.pid,
    requests: async () => (await ask()).requests,
    tokens: async () => (await ask()).tokens,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

const environmentOf = (options) => ({ ...process.env, TENANTRY_MODEL: JSON.stringify({ cache, ...options }) })

/** Starts one that outlives this process, to publish and try. Answers `{ missing }` where it cannot be installed. */
export async function up({ folder, log }) {
  const before = stateOf(folder)
  if (before && running(folder).length > 0) return before
  log('installing llama.cpp, once')
  const missing = await install()
  if (missing) return { missing }
  await endAll(folder)
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const model = 'tiny'
  const address = `http://127.0.0.1:${port}/v1`
  try {
    log('starting the model')
    daemon(folder, 'model', process.execPath, [program], { env: environmentOf({ port, name: model, slow: 30 }) })
    await eventually('the model does not answer', folder, 'model', 30, async () => {
      const { ok, status } = await fetch(`${address}/models`)
      if (!ok) throw new Error(`${status}`)
    })
    return keepState(folder, { address, model })
  } catch (error) {
    await endAll(folder)
    throw error
  }
}

export const down = ({ folder }) => endAll(folder)

export const status = async ({ folder }) => ({ ...stateOf(folder), running: running(folder).map(({ name }) => name) })
