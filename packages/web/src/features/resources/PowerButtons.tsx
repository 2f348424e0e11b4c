import { Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlayerPlay, IconPlayerStop, IconRefresh } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { PowerVerb, Resource, ResourceKind } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { queryClient, useSession } from '../../app/session.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { kinds } from './kinds.ts'
import { resourceQuery } from './queries.ts'

const icons = { start: IconPlayerPlay, stop: IconPlayerStop, restart: IconRefresh } as const

/** What can be done about the power of a resource just now, for who may. What ends work is asked for twice. */
export function PowerButtons({ kind, resource }: { kind: ResourceKind; resource: Resource }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const { power, mayPower } = kinds[kind]
  const [asking, setAsking] = useState<'stop' | 'restart' | null>(null)
  const change = useMutation({
    mutationFn: (verb: PowerVerb) =>
      power ? api(power, { params: { id: resource.id }, body: { verb } }) : Promise.reject(new Error('no power')),
    onSuccess: (_, verb) => {
      setAsking(null)
      notifications.show({ message: t('resources.asked', { name: t(`resources.${kind}.do.${verb}`) }) })
      void queryClient.invalidateQueries(resourceQuery(kind, resource.id))
    },
  })
  if (!power || !mayPower || !may(mayPower)) return null
  const ask = (verb: PowerVerb) => {
    change.reset()
    if (verb === 'start') change.mutate(verb)
    else setAsking(verb)
  }
  return (
    <>
      {resource.power.map((verb) => {
        const Icon = icons[verb]
        return (
          <Button
            key={verb}
            variant={verb === 'start' ? 'filled' : 'default'}
            leftSection={<Icon size={16} aria-hidden />}
            loading={change.isPending && change.variables === verb && asking === null}
            onClick={() => ask(verb)}
          >
            {t(`resources.${kind}.do.${verb}`)}
          </Button>
        )
      })}
      {asking === null && <ProblemAlert error={change.error} />}
      {asking && (
        <Modal opened onClose={() => setAsking(null)} title={t(`resources.sure.${asking}`, { name: resource.name })}>
          <Stack>
            <ProblemAlert error={change.error} />
            <Text size="sm">{t(`resources.sure.${asking}Text`)}</Text>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={() => setAsking(null)} data-autofocus>
                {t('action.cancel')}
              </Button>
              <Button color="red.9" loading={change.isPending} onClick={() => change.mutate(asking)}>
                {t(`resources.${kind}.do.${asking}`)}
              </Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </>
  )
}
