import { Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = { icon: ReactNode; title: string; text: string; children?: ReactNode; level?: 1 | 2 }

/** Why there is nothing, and the one thing to do about it. */
export function EmptyState({ icon, title, text, children, level = 2 }: Props) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon variant="default" size={44} radius="xl" aria-hidden>
        {icon}
      </ThemeIcon>
      <Title order={level} fz="md">
        {title}
      </Title>
      <Text size="sm" c="dimmed" maw={420}>
        {text}
      </Text>
      {children}
    </Stack>
  )
}
