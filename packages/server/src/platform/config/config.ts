import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { type Allowed, readAllowed } from './allowed.ts'

const loopback = new Set(['127.0.0.1', 'localhost', '::1'])
const whole = (least: number, most: number) =>
  z.string().regex(/^\d+$/, { error: 'must be a whole number' }).transform(Number).pipe(z.number().min(least).max(most))
const yesOrNo = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((text) => text === 'true')

const addresses = z
  .string()
  .default('')
  .transform((text, context) => {
    try {
      return readAllowed(text.split(/[\s,]+/).filter((entry) => entry !== ''))
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
      return z.NEVER
    }
  })

const settings = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3000),
  TENANTRY_DATA: z
    .string()
    .min(1)
    .default('./data')
    .transform((path) => resolve(path)),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: 'must begin with postgresql://' })
    .optional(),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://cloud.example.org' })
    .transform((url) => new URL(url).origin)
    .optional(),
  TRUST_PROXY: yesOrNo.default(false),
  METRICS_TOKEN: z.string().min(16, { error: 'must have 16 characters or more' }).optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, { error: 'must begin with smtp:// or smtps://' })
    .optional(),
  MAIL_FROM: z.string().min(3).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  RATE_LIMIT: whole(0, 1_000_000).default(1200),
  KEY_RATE_LIMIT: whole(0, 1_000_000).default(6000),
  AUDIT_MONTHS: whole(0, 1200)
    .refine((months) => months === 0 || months >= 3, { error: 'must be 3 or more, or 0 to keep all of it' })
    .default(0),
  SECRET_KEY: z
    .string()
    .refine((text) => Buffer.from(text, 'base64').length === 32, {
      error: 'must be 32 random bytes in base64, as “openssl rand -base64 32” prints them',
    })
    .transform((text) => Buffer.from(text, 'base64'))
    .optional(),
  WORKSPACE_DOMAIN: z
    .string()
    .toLowerCase()
    .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, {
      error: 'must be a domain such as workspaces.example.org, whose every name leads here',
    })
    .optional(),
  LOCAL_WORKSPACES: yesOrNo.default(false),
  ENGINE_ADDRESSES: addresses,
  MODEL_ADDRESSES: addresses,
  MODEL_SILENCE: whole(5, 3600).default(120),
})

const secret = ['DATABASE_URL', 'METRICS_TOKEN', 'SMTP_URL', 'SECRET_KEY']

export type Config = {
  host: string
  /** 0: any free port. */
  port: number
  /** Absolute path. */
  dataFolder: string
  /** Null: the embedded PostgreSQL. */
  databaseUrl: string | null
  /** Origin under which browsers reach us; null: whatever the request came to. */
  publicUrl: string | null
  trustProxy: boolean
  metricsToken: string | null
  smtpUrl: string | null
  mailFrom: string | null
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Requests per minute and session; 0: no limit. */
  rateLimit: number
  /** Requests per minute, model key and replica; 0: no limit. */
  keyRateLimit: number
  /** How many whole months of the audit trail are kept; 0: all. */
  auditMonths: number
  /** 32 bytes that credentials of engines are sealed with; null: the key in the data folder, where the database is there too. */
  secretKey: Buffer | null
  /** Where engines may be reached. */
  engineAddresses: Allowed
  /** Where endpoints of models may be reached. Apart from engines, because admins of tenants say where those are. */
  modelAddresses: Allowed
  /** Seconds without a word from a model after which its answer is given up. */
  modelSilence: number
  /** Below which each workspace has a name of its own; null: `localhost`, where the pages are reached on this machine. */
  workspaceDomain: string | null
  /** Workspaces may run as processes of this machine. */
  localWorkspaces: boolean
}

export class ConfigRefused extends Error {}

/** Reads the settings from environment variables; secrets also from the file that NAME_FILE names. Throws with every error at once. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const errors: string[] = []
  const values: Record<string, string> = {}
  for (const name of Object.keys(settings.shape)) {
    const value = env[name]
    if (value !== undefined && value !== '') values[name] = value
    const file = secret.includes(name) ? env[`${name}_FILE`] : undefined
    if (file === undefined || file === '') continue
    if (value) errors.push(`${name}: is set, and so is ${name}_FILE; set one of them`)
    try {
      values[name] = readFileSync(file, 'utf8').trim()
    } catch (error) {
      errors.push(`${name}_FILE: ${(error as Error).message}`)
    }
  }
  const parsed = settings.safeParse(values)
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0])
      errors.push(`${name}: ${issue.message}${secret.includes(name) ? '' : ` (it is ${JSON.stringify(values[name])})`}`)
    }
  }
  if (values.SMTP_URL && !values.MAIL_FROM) errors.push('MAIL_FROM: is needed where SMTP_URL is set')
  if (!parsed.success || errors.length > 0) {
    throw new ConfigRefused(`These settings are not right:\n${errors.map((line) => `  ${line}`).join('\n')}`)
  }
  const { data } = parsed
  return {
    host: data.HOST,
    port: data.PORT,
    dataFolder: data.TENANTRY_DATA,
    databaseUrl: data.DATABASE_URL ?? null,
    publicUrl: data.PUBLIC_URL ?? null,
    trustProxy: data.TRUST_PROXY,
    metricsToken: data.METRICS_TOKEN ?? null,
    smtpUrl: data.SMTP_URL ?? null,
    mailFrom: data.MAIL_FROM ?? null,
    logLevel: data.LOG_LEVEL,
    rateLimit: data.RATE_LIMIT,
    keyRateLimit: data.KEY_RATE_LIMIT,
    auditMonths: data.AUDIT_MONTHS,
    secretKey: data.SECRET_KEY ?? null,
    engineAddresses: data.ENGINE_ADDRESSES,
    modelAddresses: data.MODEL_ADDRESSES,
    modelSilence: data.MODEL_SILENCE,
    workspaceDomain: data.WORKSPACE_DOMAIN ?? null,
    localWorkspaces: data.LOCAL_WORKSPACES,
  }
}

export const isLoopback = (host: string): boolean => loopback.has(host) || host.startsWith('127.')
