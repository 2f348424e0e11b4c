import { isUserName } from './people.ts'
import { openSettings } from './settings.ts'

export type Config = {
  host: string
  /** 0: any free port. */
  port: number
  tls: { cert: Buffer; key: Buffer } | null
  secret: Buffer
  /** The cluster’s, that every token is signed with. */
  key: Buffer
  /** Whose the key is: SlurmUser, as a rule. */
  keyOwner: number
  /** The administrator of the cluster that the portal reads with; the one of the system that gets tokens. Null: none. */
  serviceUser: string | null
  denyUsers: Set<string>
  /** Users below are the system’s. */
  minUid: number
  /** Whether names are signed for that are unknown on this machine. */
  unknownUsers: boolean
  tokensPerMinute: number
}

/** Reads the settings from environment variables. Throws `SettingsRefused` with every error at once. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const settings = openSettings(env)
  const { content: key, owner: keyOwner } = settings.privateFile('KEY_FILE')
  const config = {
    host: settings.text('HOST', '127.0.0.1'),
    port: settings.whole('PORT', 0, 65_535, 6822),
    tls: settings.tls(),
    secret: settings.secret(),
    key,
    keyOwner,
    serviceUser: settings.text('SERVICE_USER', '') || null,
    denyUsers: settings.names('DENY_USERS'),
    minUid: settings.whole('MIN_UID', 1, 60_000, 1000),
    unknownUsers: settings.text('UNKNOWN_USERS', 'refuse') === 'allow',
    tokensPerMinute: settings.whole('TOKENS_PER_MINUTE', 1, 1_000_000, 6000),
  }
  if (!['refuse', 'allow'].includes(settings.text('UNKNOWN_USERS', 'refuse')))
    settings.refuse('UNKNOWN_USERS', 'must be refuse or allow')
  const { serviceUser, denyUsers } = config
  if (serviceUser !== null && !isUserName(serviceUser)) settings.refuse('SERVICE_USER', 'is no name of a user')
  if (serviceUser === 'root') settings.refuse('SERVICE_USER', 'must not be root: slurmrestd refuses root')
  if (serviceUser !== null && denyUsers.has(serviceUser)) settings.refuse('DENY_USERS', 'names the SERVICE_USER')
  settings.check()
  return config
}
