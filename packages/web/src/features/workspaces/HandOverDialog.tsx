import { Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import type { Workspace } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { callWhole } from '../../ui/person.ts'
import { type Person, PersonSearch } from './PersonSearch.tsx'
import { refreshWorkspaces, showWorkspace } from './queries.ts'

/** Hand over: to whom, and what it means. */
export function HandOverDialog({ workspace, onClose }: { workspace: Workspace; onClose: () => void }) {
  const { t } = useTranslation()
  const [to, setTo] = useState<Person | null>(null)
  const { id, name, owner } = workspace
  const hand = useMutation({
    mutationFn: (person: Person) => api('handOverWorkspace', { params: { id }, body: { to: person.userId } }),
    onSuccess: async (changed, person) => {
      showWorkspace(changed)
      notifications.show({ message: t('workspaces.done.handOver', { name, person: callWhole(person) }), color: 'tide' })
      onClose()
      await refreshWorkspaces()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('workspaces.handOver.title', { name })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (to) hand.mutate(to)
        }}
      >
        <Stack>
          <ProblemAlert error={hand.error} />
          <Text size="sm">{t('workspaces.handOver.text', { owner: callWhole(owner) })}</Text>
          <PersonSearch
            workspaceId={id}
            label={t('workspaces.handOver.to')}
            value={to}
            onChange={setTo}
            without={[owner.id]}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={hand.isPending} disabled={!to}>
              {t('workspaces.handOver.go')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
