/** Something that is wrong with a request, as OpenAI's interface says it. */
export class Refusal extends Error {
  constructor(status, type, message, param = null, code = null) {
    super(message)
    Object.assign(this, { status, body: { error: { message, type, param, code } } })
  }
}
const invalid = (param, message) => new Refusal(400, 'invalid_request_error', message, param)

/** Tokens after which it ends by itself where it is not told how long to go on. */
const length = 200

/** Reads what is asked for. Throws a `Refusal`. */
export function readAsked(body, { model, tokenize, chat }) {
  if (body === null || typeof body !== 'object') throw invalid(null, 'The body is not a JSON object.')
  if (body.model !== model.name) {
    throw new Refusal(404, 'NotFoundError', `The model \`${body.model}\` does not exist.`, 'model', 'model_not_found')
  }
  const number = (name, least, most, { whole = false } = {}) => {
    const value = body[name] ?? null
    if (value === null) return null
    const right = typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))
    if (!right) throw invalid(name, `${name} must be ${whole ? 'a whole number' : 'a number'} of ${least} to ${most}.`)
    return value
  }
  if ((number('n', 1, 128, { whole: true }) ?? 1) !== 1) throw invalid('n', 'One answer can be had at a time.')
  const temperature = number('temperature', 0, 2) ?? 1
  const topP = number('top_p', 0, 1) ?? 1
  const seed = number('seed', -(2 ** 63), 2 ** 63, { whole: true })
  const asked =
    number('max_completion_tokens', 1, 2 ** 31, { whole: true }) ?? number('max_tokens', 1, 2 ** 31, { whole: true })
  const stop = [body.stop ?? []].flat()
  if (!stop.every((each) => typeof each === 'string' && each !== '')) throw invalid('stop', 'stop holds texts.')
  if (body.stream_options && !body.stream) throw invalid('stream_options', 'stream_options go with stream alone.')
  const tokens = tokenize(chat ? saidIn(body.messages) : textOf(body.prompt, 'prompt'))
  const left = model.contextLength - tokens.length
  if (left < (asked ?? 1)) {
    throw invalid(
      chat ? 'messages' : 'prompt',
      `This model's maximum context length is ${model.contextLength} tokens. You asked for ${asked ?? 1} and gave ${tokens.length}.`,
    )
  }
  return {
    tokens,
    temperature,
    topP,
    seed: seed === null ? undefined : Math.abs(seed % 2 ** 32),
    most: asked ?? Math.min(left, length),
    /** It was told how long to go on: that it stops there is not its own end. */
    told: asked !== null || left <= length,
    stop,
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
  }
}

function saidIn(messages) {
  if (!Array.isArray(messages) || messages.length === 0) throw invalid('messages', 'messages is an empty list.')
  const lines = messages.map((message, index) => {
    if (typeof message?.role !== 'string') throw invalid(`messages[${index}].role`, 'A message has a role.')
    const parts = Array.isArray(message.content) ? message.content : [{ type: 'text', text: message.content ?? '' }]
    const texts = parts.map((part) => {
      if (part?.type !== 'text') throw invalid(`messages[${index}].content`, 'This model reads text alone.')
      return textOf(part.text, `messages[${index}].content`)
    })
    return `${message.role}: ${texts.join('')}\n`
  })
  return `${lines.join('')}assistant:`
}

export function textOf(value, param) {
  if (typeof value !== 'string') throw invalid(param, `${param} is not a text.`)
  return value
}

/** Cuts a text that comes in pieces where one of `stop` begins: what may be the beginning of one is held back. */
export function stopper(stop) {
  let held = ''
  return {
    /** What can be said by now, and whether it ends here. */
    take(piece) {
      held += piece
      const ends = stop.map((each) => held.indexOf(each)).filter((at) => at >= 0)
      if (ends.length > 0) return { text: held.slice(0, Math.min(...ends)), ended: true }
      let keep = 0
      for (const each of stop) {
        for (let size = Math.min(each.length - 1, held.length); size > keep; size -= 1) {
          if (held.endsWith(each.slice(0, size))) keep = size
        }
      }
      const text = held.slice(0, held.length - keep)
      held = held.slice(held.length - keep)
      return { text, ended: false }
    },
    rest: () => held,
  }
}
