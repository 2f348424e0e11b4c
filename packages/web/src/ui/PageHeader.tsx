import { Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

/** The heading of a page; also the title of the tab. */
export function PageHeader({ title, lead, children }: { title: string; lead?: string; children?: ReactNode }) {
  useDocumentTitle(`${title} · Tenantry`)
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <Stack gap={4} miw={0} flex="1 1 240px">
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {lead && (
          <Text size="sm" c="dimmed">
            {lead}
          </Text>
        )}
      </Stack>
      <Group gap="xs">{children}</Group>
    </Group>
  )
}
