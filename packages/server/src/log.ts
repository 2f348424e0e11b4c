import pino, { type Logger } from 'pino'

/** JSON lines on standard output. What could hold a secret never gets in: neither bodies nor headers are logged. */
export const openLog = (level: string): Logger =>
  pino({
    level,
    base: null,
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
