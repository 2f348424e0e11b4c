import { Button, Group, Loader, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Engine } from '@tenantry/contract'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { EngineTestSteps } from './EngineTestSteps.tsx'

/** Test Connection of an engine that is connected: asked as it opens. */
export function TestDialog({ engine, onClose }: { engine: Engine; onClose: () => void }) {
  const { t } = useTranslation()
  const once = useId()
  const test = useQuery({
    queryKey: ['engine-test', engine.id, once],
    queryFn: ({ signal }) => api('testEngine', { params: { id: engine.id }, signal }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return (
    <Modal opened onClose={onClose} title={t('engines.test.title', { name: engine.name })}>
      <Stack gap="md">
        <div role="status">
          {test.isFetching ? (
            <Group gap="xs">
              <Loader size="xs" aria-hidden />
              <Text size="sm">{t('engines.test.asking')}</Text>
            </Group>
          ) : (
            test.data && <EngineTestSteps test={test.data} />
          )}
        </div>
        {!test.isFetching && <ProblemAlert error={test.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" loading={test.isFetching} onClick={() => void test.refetch()}>
            {t('engines.test.again')}
          </Button>
          <Button onClick={onClose} data-autofocus>
            {t('action.close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
