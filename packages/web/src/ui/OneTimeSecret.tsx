import { Alert, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatInstant } from '../app/format.ts'
import { CopyButton } from './CopyButton.tsx'

/** A secret that is shown this once: read-only, to copy, with when it expires, if it does. */
export function OneTimeSecret({ label, value, expiresAt }: { label: string; value: string; expiresAt: string | null }) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TextInput
          label={label}
          value={value}
          readOnly
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          flex={1}
        />
        <CopyButton value={value} />
      </Group>
      <Alert color="gray" variant="light" icon={<IconEyeOff aria-hidden />} p="sm">
        <Text size="sm">{t('secret.once')}</Text>
        {expiresAt && <Text size="sm">{t('secret.expires', { when: formatInstant(expiresAt) })}</Text>}
      </Alert>
    </Stack>
  )
}
