import { spawn } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the project. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

const running = new Set()
let stopping = false

/** Passes a signal to the commands that are running, and waits until they have ended. `run` answers no more after it. */
export function stopRunning(signal) {
  stopping = true
  const ended = [...running].map((child) => {
    child.kill(signal)
    return new Promise((done) => child.once('exit', done))
  })
  return Promise.all(ended)
}

/** Runs a command in the project's folder and answers its exit code. Output goes through; `quiet` sends it to stderr. */
export const run = (command, words, { env = {}, quiet = false, capture = false } = {}) =>
  new Promise((done, failed) => {
    const child = spawn(command, words, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', capture ? 'pipe' : quiet ? 2 : 'inherit', 'inherit'],
    })
    running.add(child)
    child.once('close', () => running.delete(child))
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', failed)
    child.on('exit', (code, signal) => {
      if (stopping) return
      done(capture ? { code: code ?? 1, output } : (code ?? (signal ? 1 : 0)))
    })
  })

/** A program that came with the packages. */
export const tool = (name) => resolve(root, 'node_modules/.bin', name)

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`
