import type { ModelPrice, TokenUse } from '@tenantry/contract'
import { estimateTokens, finishIn, type StreamEvent, saidIn, usageIn } from './chunks.ts'

/** What is known of an answer so far. Times in milliseconds since the endpoint was asked. */
export type Tally = {
  add(event: StreamEvent, ms: number): void
  readonly firstTokenMs: number | null
  /** Whether it came to its own end. */
  readonly complete: boolean
  readonly finishReason: string | null
  /** From the first token to the last, the wait for the first left out; null where there were not two. */
  tokensPerSecond(): number | null
  /** As reported; where it was not, an estimate from what was sent and what came. */
  usage(): TokenUse
  /** What counts in the end: where it failed before anything came, nothing was used. */
  used(failed: boolean): TokenUse
}

export const unused: TokenUse = { input: 0, output: 0, estimated: false }

/** `sent`: how many characters the endpoint was asked with. */
export function openTally(sent: number): Tally {
  let firstTokenMs: number | null = null
  let lastTokenMs = 0
  let pieces = 0
  let characters = 0
  let finishReason: string | null = null
  let done = false
  let reported: { input: number; output: number } | null = null

  const usage = (): TokenUse =>
    reported
      ? { ...reported, estimated: false }
      : // Most endpoints send a token at a time.
        { input: estimateTokens(sent), output: Math.max(pieces, estimateTokens(characters)), estimated: true }
  return {
    add({ chunk }, ms) {
      if (chunk === null) {
        done = true
        return
      }
      const said = saidIn(chunk)
      if (said !== '') {
        firstTokenMs ??= ms
        lastTokenMs = ms
        pieces += 1
        characters += said.length
      }
      finishReason = finishIn(chunk) ?? finishReason
      reported = usageIn(chunk.usage) ?? reported
    },
    get firstTokenMs() {
      return firstTokenMs
    },
    get complete() {
      return done || finishReason !== null
    },
    get finishReason() {
      return finishReason
    },
    tokensPerSecond() {
      const { output } = usage()
      if (firstTokenMs === null || output < 2 || lastTokenMs <= firstTokenMs) return null
      return ((output - 1) / (lastTokenMs - firstTokenMs)) * 1000
    },
    usage,
    used: (failed) => {
      const use = usage()
      return failed && firstTokenMs === null && use.estimated ? unused : use
    },
  }
}

/** In the currency of the price. */
export const costOf = ({ input, output }: Pick<TokenUse, 'input' | 'output'>, price: ModelPrice | null): number =>
  price === null ? 0 : (input * price.input + output * price.output) / 1_000_000
