import { spawn } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the project. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Runs a command in the project's folder and answers its exit code. Output goes through; `quiet` sends it to stderr. */
export const run = (command, words, { env = {}, quiet = false, capture = false } = {}) =>
  new Promise((done, failed) => {
    const child = spawn(command, words, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', capture ? 'pipe' : quiet ? 2 : 'inherit', 'inherit'],
    })
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', failed)
    child.on('exit', (code, signal) => done(capture ? { code: code ?? 1, output } : (code ?? (signal ? 1 : 0))))
  })

/** A program that came with the packages. */
export const tool = (name) => resolve(root, 'node_modules/.bin', name)

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`
