import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Modal } from '../../ui/Dialog.tsx'
import { EngineProblem } from './EngineProblem.tsx'

type Props = {
  title: string
  text: string
  /** What is typed to confirm, and the label that asks for it. */
  word: string
  label: string
  submit: string
  work: () => Promise<unknown>
  onClose: () => void
}

/** Asks for a word before something goes that does not come back by itself. */
export function ConfirmDialog({ title, text, word, label, submit, work, onClose }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const go = useMutation({ mutationFn: work })
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === word) go.mutate()
        }}
      >
        <Stack>
          <EngineProblem error={go.error} />
          <Text size="sm">{text}</Text>
          <TextInput
            label={label}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            data-autofocus
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="red.9" disabled={typed !== word} loading={go.isPending}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
