import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'
import { knownChat } from './open-chats.ts'
import { refreshChats } from './queries.ts'

export function RenameDialog({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm({ title })
  return (
    <Modal opened onClose={onClose} title={t('playground.history.renameTitle')}>
      <form
        ref={form.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void form.submit(async () => {
            const line = await api('renameChat', { params: { id }, body: form.values })
            knownChat(id)?.keeper.describe({ title: line.title })
            void refreshChats()
            onClose()
          })
        }}
      >
        <Stack>
          <ProblemAlert error={form.problem} />
          <TextInput
            label={t('playground.history.name')}
            maxLength={120}
            autoComplete="off"
            data-autofocus
            {...form.text('title')}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={form.busy}>
              {t('playground.history.rename')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
