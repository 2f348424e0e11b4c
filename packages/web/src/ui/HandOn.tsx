import { Stack, Text, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CopyButton } from './CopyButton.tsx'

/** A message to pass on to somebody, ready to copy. */
export function HandOn({ lead, message }: { lead?: string; message: string }) {
  const { t } = useTranslation()
  return (
    <Stack gap="xs" align="flex-start">
      {lead && <Text size="sm">{lead}</Text>}
      <Textarea
        aria-label={t('users.create.messageLabel')}
        value={message}
        readOnly
        autosize
        w="100%"
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton value={message} label={t('action.copyMessage')} />
    </Stack>
  )
}
