import pino, { type Logger } from 'pino'

/** JSON lines on standard output. What could hold a secret never gets in: neither bodies nor headers are logged. */
export const openLog = (level: string): Logger =>
  pino({
    level,
    base: null,
    serializers: { err: plainError },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'password',
        '*.password',
        'token',
        '*.token',
        'headers',
        '*.headers',
        'req.headers',
        'authorization',
        'cookie',
      ],
      censor: '(redacted)',
    },
  })

// Errors of libraries carry their clients with them, and those their keys.
function plainError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, code } = error as Error & { code?: string }
  return { type: name, message, code, stack }
}
