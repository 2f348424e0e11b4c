import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Modal } from './Dialog.tsx'
import { ProblemAlert } from './ProblemAlert.tsx'

type Props = {
  title: string
  text: string
  submit: string
  /** What is typed to confirm, and the label that asks for it: where something goes for good. */
  word?: { word: string; label: string } | null
  children?: ReactNode
  work: () => Promise<unknown>
  onClose: () => void
}

/** Asks once more before something ends. */
export function ConfirmDialog({ title, text, submit, word, children, work, onClose }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const go = useMutation({ mutationFn: work })
  const confirmed = !word || typed === word.word
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (confirmed) go.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={go.error} />
          <Text size="sm">{text}</Text>
          {children}
          {word && (
            <TextInput
              label={word.label}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              data-autofocus={!children || undefined}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="red.9" disabled={!confirmed} loading={go.isPending}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
