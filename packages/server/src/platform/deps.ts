import type { Logger } from 'pino'
import type { Allowed } from './config/allowed.ts'
import type { Database } from './database/database.ts'
import type { Mailer } from './mail/mailer.ts'
import type { Box } from './secrets/box.ts'
import type { Passwords } from './secrets/passwords.ts'

/** What actions work with: made once where the server, the command line or a test is wired. */
export type Deps = {
  database: Database
  passwords: Passwords
  mailer: Mailer
  log: Logger
  /** Null where there is no key: nothing can be sealed then. */
  box: () => Box | null
  /** Server and database are on one machine, whose people a newcomer is among. */
  onOneMachine: boolean
  /** Where engines may be reached. */
  engineAddresses: Allowed
  /** Where endpoints of models may be reached. */
  modelAddresses: Allowed
  /** Where workspaces on this machine have their homes; null where none may run here. */
  localWorkspaces: { folder: string } | null
  /** Origin for links that are handed out, such as `https://cloud.example.org`. */
  publicUrl: string
}
