import { Text } from '@mantine/core'
import type { ActivityEntry } from '@tenantry/contract'

/** The fields that changed, before and after; of somebody new, what they began with. */
export function ActivityChange({ details }: { details: ActivityEntry['details'] }) {
  const after = fieldsOf(details.after)
  const before = fieldsOf(details.before)
  const names = Object.keys(after).filter((name) => name in before || name === 'role')
  if (names.length === 0) return null
  return (
    <Text size="xs" c="dimmed">
      {names.map((name) => `${inWords(name)}: ${name in before ? `${before[name]} → ` : ''}${after[name]}`).join(' · ')}
    </Text>
  )
}

const fieldsOf = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value).flatMap(([name, field]) => (typeof field === 'string' ? [[name, field]] : [])),
      )
    : {}

/** “firstName” → “First name”. */
const inWords = (name: string): string => {
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
