import { writeFileSync } from 'node:fs'

// A llama of half a megabyte with weights by chance: everything about it is real except that it makes sense.
const width = 32
const inner = 96
const layers = 3
const heads = 2
/** Tokens. */
export const contextLength = 4096

const plain =
  `the of and to in is that it for was on are as with his they at be this from have or by one had not but what all were when
we there can an your which their said if do will each about how up out them then she many some so these would other into has
more her two like him see time could no make than first been its who now people my made over did down only way find use may
water long little very after words called just where most know get through back much before go good new write our used me man
too any day same right look think also around another came come work three word must because does part even place well such
here take why things help put years different away again off went old number great tell men say small every found still
between name should home big give air line set own under read last never us left end along while might next sound below saw
something thought both few those always looked show large often together asked house world going want school`.split(
    /\s+/,
  )
/** What it says. Every ninth ends a sentence, too. */
const words = [...plain, ...plain.filter((_, index) => index % 9 === 4).map((word) => `${word}.`)]

/** Numbers that look as if by chance, between -1.7 and 1.7 and mostly about nought; the same for the same seed everywhere. */
function chance(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return () => (next() + next() + next() - 1.5) * 2
}

/** Its vocabulary: what it reads letter by letter and word by word; of it, it says the words alone. */
function vocabulary() {
  const tokens = [
    { text: '<unk>', type: 2, score: 0 },
    { text: '<s>', type: 3, score: 0 },
    { text: '</s>', type: 3, score: 0 },
  ]
  for (let byte = 0; byte < 256; byte += 1) {
    tokens.push({ text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, type: 6, score: 0 })
  }
  // Words are put together from the left, so that whatever one begins with is a token as well.
  const parts = new Set('▁')
  for (let letter = 33; letter < 127; letter += 1) parts.add(String.fromCharCode(letter))
  for (const word of words) for (let end = 1; end < word.length; end += 1) parts.add(`▁${word.slice(0, end)}`)
  for (const word of words) parts.delete(`▁${word}`)
  for (const text of parts) tokens.push({ text, type: 1, score: text.length - 100 })
  for (const word of words) tokens.push({ text: `▁${word}`, type: 1, score: word.length - 99, said: true })
  return tokens
}

/** The tensors by name: how long a row is, and the rows. */
function tensorsOf(seed, tokens) {
  const random = chance(seed)
  const matrix = (columns, rows, scale, first = null) => {
    const data = new Float32Array(columns * rows).map(() => random() * scale)
    if (first) for (let row = 0; row < rows; row += 1) data[row * columns] = first(row)
    return { shape: [columns, rows], data }
  }
  const ones = () => ({ shape: [width], data: new Float32Array(width).fill(1) })
  // What is added to the first number of a token is nothing in every layer: it stays the same, and keeps the unsaid unsaid.
  const quietFirst = (made) => {
    made.data.fill(0, 0, made.shape[0])
    return made
  }
  const tensors = { 'token_embd.weight': matrix(width, tokens.length, 1, () => 2) }
  for (let layer = 0; layer < layers; layer += 1) {
    const named = (name, made) => {
      tensors[`blk.${layer}.${name}.weight`] = made
    }
    named('attn_norm', ones())
    for (const name of ['attn_q', 'attn_k', 'attn_v']) named(name, matrix(width, width, 0.5))
    named('attn_output', quietFirst(matrix(width, width, 0.3)))
    named('ffn_norm', ones())
    for (const name of ['ffn_gate', 'ffn_up']) named(name, matrix(width, inner, 0.4))
    named('ffn_down', quietFirst(matrix(inner, width, 0.15)))
  }
  tensors['output_norm.weight'] = ones()
  tensors['output.weight'] = matrix(width, tokens.length, 0.6, (row) => (tokens[row].said ? 30 : -30))
  return tensors
}

/** Writes a model, in GGUF as llama.cpp reads it. Another seed is another model; the same seed is the same file. */
export function writeModel(path, seed, name) {
  const tokens = vocabulary()
  const bytes = []
  const put = (size, method, value) => {
    const part = Buffer.alloc(size)
    part[method](value)
    bytes.push(part)
  }
  const u32 = (value) => put(4, 'writeUInt32LE', value)
  const u64 = (value) => put(8, 'writeBigUInt64LE', BigInt(value))
  const f32 = (value) => put(4, 'writeFloatLE', value)
  const text = (value) => {
    const encoded = Buffer.from(value)
    u64(encoded.length)
    bytes.push(encoded)
  }
  // The numbers are the format's own for its kinds of values.
  const kinds = { u32: [4, u32], i32: [5, u32], f32: [6, f32], bool: [7, (value) => bytes.push(Buffer.from([+value]))] }
  kinds.text = [8, text]
  const facts = [
    ['general.architecture', 'text', 'llama'],
    ['general.name', 'text', name],
    ['llama.vocab_size', 'u32', tokens.length],
    ['llama.context_length', 'u32', contextLength],
    ['llama.embedding_length', 'u32', width],
    ['llama.block_count', 'u32', layers],
    ['llama.feed_forward_length', 'u32', inner],
    ['llama.attention.head_count', 'u32', heads],
    ['llama.attention.head_count_kv', 'u32', heads],
    ['llama.rope.dimension_count', 'u32', width / heads],
    ['llama.attention.layer_norm_rms_epsilon', 'f32', 1e-5],
    ['tokenizer.ggml.model', 'text', 'llama'],
    ['tokenizer.ggml.tokens', 'text', tokens.map((token) => token.text)],
    ['tokenizer.ggml.scores', 'f32', tokens.map(({ score }) => score)],
    ['tokenizer.ggml.token_type', 'i32', tokens.map(({ type }) => type)],
    ['tokenizer.ggml.unknown_token_id', 'u32', 0],
    ['tokenizer.ggml.bos_token_id', 'u32', 1],
    ['tokenizer.ggml.eos_token_id', 'u32', 2],
    ['tokenizer.ggml.add_bos_token', 'bool', true],
    ['tokenizer.ggml.add_eos_token', 'bool', false],
  ]
  const tensors = Object.entries(tensorsOf(seed, tokens))
  bytes.push(Buffer.from('GGUF'))
  u32(3)
  u64(tensors.length)
  u64(facts.length)
  for (const [key, kind, value] of facts) {
    const [number, write] = kinds[kind]
    text(key)
    if (Array.isArray(value)) {
      u32(9)
      u32(number)
      u64(value.length)
      for (const each of value) write(each)
    } else {
      u32(number)
      write(value)
    }
  }
  const aligned = (length) => Math.ceil(length / 32) * 32
  let offset = 0
  for (const [key, { shape, data }] of tensors) {
    text(key)
    u32(shape.length)
    for (const size of shape) u64(size)
    u32(0) // 32-bit floats
    u64(offset)
    offset += aligned(data.byteLength)
  }
  const pad = (length) => bytes.push(Buffer.alloc(aligned(length) - length))
  pad(bytes.reduce((sum, { length }) => sum + length, 0))
  for (const [, { data }] of tensors) {
    bytes.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength))
    pad(data.byteLength)
  }
  writeFileSync(path, Buffer.concat(bytes))
}
