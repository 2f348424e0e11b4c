import { Button, Group, Stack, Text } from '@mantine/core'
import type { AnswerOf, createModelKey } from '@tenantry/contract'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { OneTimeSecret } from '../../ui/OneTimeSecret.tsx'
import { CopiedLine } from './CopiedLine.tsx'

/** A key that was just made, and how it is used at once. Both lines have the key in them or take it from the shell. */
export function KeySecret({ made, onClose }: { made: AnswerOf<typeof createModelKey>; onClose: () => void }) {
  const { t } = useTranslation()
  const { key, secret } = made
  // The dialog is open already: what was pressed in it is gone, and the focus with it.
  const once = useRef<HTMLDivElement>(null)
  useEffect(() => once.current?.querySelector('button')?.focus(), [])
  return (
    <Stack>
      <div ref={once}>
        <OneTimeSecret label={t('models.keys.made.label')} value={secret} expiresAt={key.expiresAt} />
      </div>
      {key.expiresAt === null && <Text size="sm">{t('models.keys.made.forever')}</Text>}
      <div>
        <Text size="sm" fw={500} mb={4}>
          {t('models.keys.made.env')}
        </Text>
        <CopiedLine text={`export TENANTRY_API_KEY=${secret}`} label={t('models.keys.made.copyEnv')} />
      </div>
      <div>
        <Text size="sm" fw={500} mb={4}>
          {t('models.keys.made.curl')}
        </Text>
        <CopiedLine
          text={`curl ${location.origin}/v1/models -H "Authorization: Bearer $TENANTRY_API_KEY"`}
          label={t('models.keys.made.copyCurl')}
        />
      </div>
      <Group justify="flex-end">
        <Button onClick={onClose}>{t('secret.stored')}</Button>
      </Group>
    </Stack>
  )
}
