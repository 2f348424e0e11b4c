import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../app/api.ts'
import { queryClient } from '../../../app/session.ts'
import { Modal } from '../../../ui/Dialog.tsx'
import { Optional } from '../../../ui/Optional.tsx'
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx'
import { announcementsQuery } from '../queries.ts'

const spans = ['1', '7', '30', 'always'] as const

/** New Announcement: what, and for how long. */
export function AnnounceDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [title, setTitle] = useState('')
  const [text, setText] = useState('')
  const [days, setDays] = useState<string>('7')
  const make = useMutation({
    mutationFn: () => {
      const until = days === 'always' ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString()
      return api('announce', { body: { title, text: text.replace(/\s+/g, ' '), until } })
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries(announcementsQuery)
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('dashboard.announcements.write')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={make.error} />
          <TextInput
            label={t('dashboard.announcements.title')}
            value={title}
            maxLength={120}
            aria-required
            onChange={(event) => setTitle(event.currentTarget.value)}
            data-autofocus
          />
          <Textarea
            label={<Optional>{t('dashboard.announcements.text')}</Optional>}
            value={text}
            maxLength={1000}
            autosize
            minRows={3}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Select
            label={t('dashboard.announcements.shown')}
            data={spans.map((value) => ({ value, label: t(`dashboard.announcements.days.${value}`) }))}
            value={days}
            onChange={(value) => setDays(value ?? '7')}
            allowDeselect={false}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {t('dashboard.announcements.announce')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
