import { Button, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  icon: ReactNode
  title: string
  /** What would be here, and how it comes to be. */
  text: string
  level?: 1 | 2 | 3
  /** Within something that has a frame and a heading: a widget, a part of a page. */
  within?: boolean
  /** There is something, and nothing of it matches: takes the filters away. */
  onClear?: (() => void) | undefined
  /** What whoever looks may do about it. */
  children?: ReactNode
}

/** Why there is nothing, what would be here, and the one thing to do about it. */
export function EmptyState({ icon, title, text, within = false, level = within ? 3 : 2, onClear, children }: Props) {
  const { t } = useTranslation()
  return (
    <Stack
      align="center"
      gap={within ? 6 : 'xs'}
      py={within ? 'sm' : 48}
      px={within ? 0 : 'md'}
      ta="center"
      {...(within && { className: 'empty-within' })}
    >
      <ThemeIcon variant="default" size={within ? 36 : 44} radius="xl" aria-hidden>
        {icon}
      </ThemeIcon>
      <Title order={level} fz={within ? 'sm' : 'md'}>
        {title}
      </Title>
      <Text size="sm" c="dimmed" maw={420}>
        {text}
      </Text>
      {(onClear || children) && (
        <Group gap="xs" mt={within ? 4 : 'sm'} justify="center">
          {onClear && (
            <Button variant="default" onClick={onClear}>
              {t('action.clearFilters')}
            </Button>
          )}
          {children}
        </Group>
      )}
    </Stack>
  )
}
