import type { Logger } from 'pino'
import type { Database } from './database/database.ts'
import type { Mailer } from './mail/mailer.ts'
import type { Passwords } from './secrets/passwords.ts'

/** What actions work with: made once where the server, the command line or a test is wired. */
export type Deps = {
  database: Database
  passwords: Passwords
  mailer: Mailer
  log: Logger
  /** Origin for links that are handed out, such as `https://cloud.example.org`. */
  publicUrl: string
}
