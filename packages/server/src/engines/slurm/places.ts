import { rowsOf } from './shapes.ts'
import { isObject, numberOf, textOf, wordsOf } from './values.ts'

/** A partition; an empty list of what is allowed allows everything. Minutes are null where there is no bound, or none is said. */
export type Partition = {
  name: string
  states: string[]
  flags: string[]
  allowedAccounts: string[]
  deniedAccounts: string[]
  allowedQos: string[]
  deniedQos: string[]
  defaultMinutes: number | null
  maxMinutes: number | null
}

/** What one person may use: an account, with a QOS of its list, in one partition where one is named. */
export type Membership = {
  account: string
  partition: string | null
  qos: string[]
  defaultQos: string | null
  isDefault: boolean
}

/** Errors: `garbage`. */
export const readPartitions = (answer: unknown): Partition[] =>
  rowsOf(answer, 'partitions').map((row) => {
    const part = (name: string) => (isObject(row[name]) ? (row[name] as Record<string, unknown>) : {})
    const [accounts, qos, maximums, defaults, partition] = [
      part('accounts'),
      part('qos'),
      part('maximums'),
      part('defaults'),
      part('partition'),
    ]
    return {
      name: textOf(row.name),
      states: wordsOf(row.state, partition.state),
      flags: wordsOf(row.flags, partition.flags),
      allowedAccounts: allowed(row.allowed_accounts ?? accounts.allowed),
      deniedAccounts: listOf(row.denied_accounts ?? accounts.deny),
      allowedQos: allowed(row.allowed_qos ?? qos.allowed),
      deniedQos: listOf(row.denied_qos ?? qos.deny),
      defaultMinutes: minutesOf(row.default_time_limit ?? defaults.time),
      maxMinutes: minutesOf(row.max_time_limit ?? maximums.time),
    }
  })

/** Of associations, those of one user of one cluster. Errors: `garbage`. */
export const readMemberships = (answer: unknown, cluster: string, user: string): Membership[] =>
  rowsOf(answer, 'associations')
    .filter((row) => textOf(row.user) === user && textOf(row.cluster) === cluster)
    .map((row) => ({
      account: textOf(row.account),
      partition: textOf(row.partition) || null,
      qos: Array.isArray(row.qos) ? row.qos.map(textOf).filter(Boolean) : listOf(row.qos),
      defaultQos: (isObject(row.default) && textOf(row.default.qos)) || null,
      isDefault: row.is_default === true || row.is_default === 1,
    }))

const listOf = (value: unknown): string[] =>
  textOf(value)
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)

const allowed = (value: unknown): string[] => listOf(value).filter((name) => name.toUpperCase() !== 'ALL')

function minutesOf(value: unknown): number | null {
  const minutes = numberOf(value)
  return minutes === null || minutes <= 0 ? null : minutes
}
