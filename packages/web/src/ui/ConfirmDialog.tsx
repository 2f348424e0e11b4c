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
  /** What is still to be known before one may go on. */
  pending?: boolean
  /** How a refusal is told, where there is more to say than the refusal itself. */
  refusal?: (error: unknown) => ReactNode
  work: () => Promise<unknown>
  onClose: () => void
}

const plainly = (error: unknown) => <ProblemAlert error={error} />

/** Asks once more before something ends. */
export function ConfirmDialog(props: Props) {
  const { title, text, submit, word, children, pending = false, refusal = plainly, work, onClose } = props
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const go = useMutation({ mutationFn: work })
  const confirmed = !pending && (!word || typed === word.word)
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (confirmed) go.mutate()
        }}
      >
        <Stack>
          {refusal(go.error)}
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
              data-autofocus
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} data-autofocus={!word || undefined}>
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
