import { Button, Group, Loader, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Model } from '@tenantry/contract'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { AskButton } from './AskButton.tsx'
import { ModelTestSteps } from './ModelTestSteps.tsx'

/** Test of a model that is published: asked as it opens. */
export function TestDialog({ model, onClose }: { model: Model; onClose: () => void }) {
  const { t } = useTranslation()
  const once = useId()
  const test = useQuery({
    queryKey: ['model-test', model.id, once],
    queryFn: ({ signal }) => api('testModel', { params: { id: model.id }, signal }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return (
    <Modal opened onClose={onClose} title={t('models.test.title', { name: model.title })}>
      <Stack gap="md">
        <div role="status">
          {test.isFetching ? (
            <Group gap="xs">
              <Loader size="xs" aria-hidden />
              <Text size="sm">{t('models.test.asking')}</Text>
            </Group>
          ) : (
            test.data && <ModelTestSteps test={test.data} />
          )}
        </div>
        {!test.isFetching && <ProblemAlert error={test.error} />}
        <Group justify="flex-end" gap="xs">
          <AskButton busy={test.isFetching} onClick={() => void test.refetch()}>
            {t('models.test.again')}
          </AskButton>
          <Button onClick={onClose} data-autofocus>
            {t('action.close')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
