import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** What there is to know of something: names and values. What has no value is left out. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className="card facts">
      {facts
        .filter(([, value]) => value !== null && value !== '')
        .map(([name, value]) => (
          <Group key={name} py={10} gap="md" wrap="nowrap" align="baseline">
            <Text component="dt" size="sm" c="dimmed" w={110} style={{ flex: 'none' }}>
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere', flex: 1 }}>
              {value}
            </Text>
          </Group>
        ))}
    </dl>
  )
}
