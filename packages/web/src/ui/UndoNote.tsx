import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

/** What was done, with the way back. */
export function UndoNote({ message, undo }: { message: string; undo: () => void }) {
  const { t } = useTranslation()
  const [undone, setUndone] = useState(false)
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Text size="sm" miw={0} lineClamp={2}>
        {message}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        flex="none"
        disabled={undone}
        onClick={() => {
          setUndone(true)
          undo()
        }}
      >
        {t('action.undo')}
      </Button>
    </Group>
  )
}
