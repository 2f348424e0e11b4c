import { openSettings } from './settings.ts'

export type Config = {
  host: string
  /** 0: any free port. */
  port: number
  tls: { cert: Buffer; key: Buffer } | null
  secret: Buffer
  /** Users below are the system’s. */
  minUid: number
  /** Seconds; no answer lasts longer. */
  maxFollow: number
  /** Files that are open at once. */
  maxOpen: number
  maxOpenPerUser: number
}

/** Reads the settings from environment variables. Throws `SettingsRefused` with every error at once. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const settings = openSettings(env)
  const config = {
    host: settings.text('HOST', '127.0.0.1'),
    port: settings.whole('PORT', 0, 65_535, 6823),
    tls: settings.tls(),
    secret: settings.secret(),
    minUid: settings.whole('MIN_UID', 1, 60_000, 1000),
    maxFollow: settings.whole('MAX_FOLLOW', 1, 86_400, 3600),
    maxOpen: settings.whole('MAX_OPEN', 1, 10_000, 200),
    maxOpenPerUser: settings.whole('MAX_OPEN_PER_USER', 1, 10_000, 20),
  }
  settings.check()
  return config
}
