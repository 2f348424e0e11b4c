import { Button, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Model } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { CopiedLine } from './CopiedLine.tsx'

/** How a program uses a model: where, by which name, with which key. */
export function UseItPanel({ model }: { model: Model }) {
  const { t } = useTranslation()
  const { may, visitingFrom } = useSession()
  return (
    <section className="card" style={{ padding: 16 }}>
      <Title order={2} mb={4}>
        {t('models.one.use')}
      </Title>
      <Stack gap="sm">
        {!model.usable ? (
          <Text size="sm">{t('models.one.cannot')}</Text>
        ) : (
          <>
            <Text size="sm" c="dimmed">
              {t('models.one.useText')}
            </Text>
            <div>
              <Text size="xs" fw={500} mb={4}>
                {t('models.one.baseUrl')}
              </Text>
              <CopiedLine text={`${location.origin}/v1`} label={t('models.one.copyBaseUrl')} />
            </div>
            <div>
              <Text size="xs" fw={500} mb={4}>
                {t('models.one.model')}
              </Text>
              <CopiedLine text={model.name} label={t('models.copyName', { name: model.name })} />
            </div>
            {may('model_key.create_own') && !visitingFrom && (
              <Button
                component={Link}
                to="/models/keys"
                search={{ create: true } as never}
                variant="default"
                size="compact-sm"
                style={{ alignSelf: 'flex-start' }}
              >
                {t('models.one.makeKey')}
              </Button>
            )}
          </>
        )}
      </Stack>
    </section>
  )
}
