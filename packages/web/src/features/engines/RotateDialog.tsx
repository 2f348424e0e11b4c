import { Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Engine } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { useForm } from '../../ui/use-form.ts'
import { CredentialFields } from './CredentialFields.tsx'
import { type CredentialType, credentialOf, credentialTypes, noCredential } from './credentials.ts'
import { EngineProblem } from './EngineProblem.tsx'
import { placing } from './place-problem.ts'
import { refreshEngines } from './queries.ts'

/** Rotate Credential: another one in the place of the one that is kept, which nobody can show. */
export function RotateDialog({ engine, onClose }: { engine: Engine; onClose: () => void }) {
  const { t } = useTranslation()
  const types: readonly CredentialType[] = credentialTypes[engine.kind]
  const type = types.find((one) => one === engine.credentialType) ?? credentialTypes[engine.kind][0]
  const form = useForm({ ...noCredential, type })
  const save = () =>
    form.submit(
      placing(async () => {
        const body = { credential: credentialOf(form.values) }
        const { name } = await api('rotateEngineCredential', { params: { id: engine.id }, body })
        notifications.show({ message: t('engines.done.rotate', { name }), color: 'tide' })
        onClose()
        await refreshEngines()
      }),
    )
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('engines.rotate.title', { name: engine.name })}
      closeOnClickOutside={false}
    >
      <form
        ref={form.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Stack gap="md">
          <EngineProblem error={form.problem} />
          <Text size="sm">{t('engines.rotate.text')}</Text>
          <CredentialFields kind={engine.kind} form={form} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={form.busy}>
              {t('engines.do.rotate')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
