import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { contextLength, writeModel } from './model-file.mjs'

/** Loads the model of a seed into llama.cpp, which is in the folder `cache`. `slots` are worked on at once at most. */
export async function loadModel({ cache, seed, name, slots }) {
  const { getLlama } = await import(pathToFileURL(join(cache, 'node_modules/node-llama-cpp/dist/index.js')).href)
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: 'error',
    maxThreads: 2,
  })
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-model-'))
  const file = join(folder, 'model.gguf')
  writeModel(file, seed, name)
  const model = await llama.loadModel({ modelPath: file })
  rmSync(folder, { recursive: true })

  // A thread for each: more of them wait for one another, which takes a thousand times as long as the work.
  const threads = 1
  const free = []
  const waiting = []
  let made = 0
  /** Each by itself, never several in one batch: sums that are added in another order answer differently. */
  const take = async (signal) => {
    if (free.length > 0) return free.pop()
    if (made < slots) {
      made += 1
      const context = await model.createContext({ threads, contextSize: contextLength })
      return context.getSequence()
    }
    return new Promise((done) => {
      waiting.push(done)
      signal.addEventListener('abort', () => {
        const at = waiting.indexOf(done)
        if (at < 0) return
        waiting.splice(at, 1)
        done(null)
      })
    })
  }
  const give = (sequence) => {
    const next = waiting.shift()
    if (next) next(sequence)
    else free.push(sequence)
  }
  let embedder = null
  return {
    contextLength,
    waiting: () => waiting.length,
    /** 0 to 1. */
    cacheUse: () => (made - free.length) / slots,
    tokenize: (text) => [model.tokens.bos, ...model.tokenize(text)],
    /** Words without end, one at a time, each but the first with a space before it. */
    async *generate(tokens, { temperature, topP, seed: chance, signal }) {
      const sequence = await take(signal)
      if (!sequence) return
      try {
        if (signal.aborted) return
        await sequence.clearHistory()
        let space = ''
        for await (const token of sequence.evaluate(tokens, { temperature, topP, seed: chance })) {
          yield space + model.detokenize([token], true).trim()
          space = ' '
          if (signal.aborted) return
        }
      } finally {
        give(sequence)
      }
    },
    async embed(tokens) {
      embedder ??= model.createEmbeddingContext({ threads, contextSize: contextLength, batchSize: contextLength })
      const { vector } = await (await embedder).getEmbeddingFor(tokens)
      return [...vector]
    },
  }
}
