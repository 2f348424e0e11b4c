import { Button, Text, Textarea } from '@mantine/core'
import { IconArrowUp, IconPlayerStopFilled } from '@tabler/icons-react'
import { type RefObject, useId } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  area: RefObject<HTMLTextAreaElement | null>
  text: string
  onText: (text: string) => void
  busy: boolean
  /** Why nothing can be sent; null where it can. */
  refused: string | null
  onSend: (text: string) => void
  onStop: () => void
}

/** Where one writes. Enter sends, Shift+Enter begins a new line, Escape stops what is on its way. */
export function Composer({ area, text, onText, busy, refused, onSend, onStop }: Props) {
  const { t } = useTranslation()
  const hint = useId()
  const send = () => {
    if (text.trim() === '' || busy || refused) return
    onSend(text)
    area.current?.focus()
  }
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Textarea
        ref={area}
        variant="unstyled"
        aria-label={t('playground.composer.label')}
        aria-describedby={hint}
        placeholder={t('playground.composer.placeholder')}
        autosize
        minRows={1}
        maxRows={10}
        maxLength={2_000_000}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          // A key that ends a word in an input method is no key of its own (229 in Safari).
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return
          event.preventDefault()
          send()
        }}
      />
      <div className="composer-bar">
        <Text
          size="xs"
          c={refused ? undefined : 'dimmed'}
          id={hint}
          className={refused ? 'composer-refused' : undefined}
        >
          {refused ?? t(busy ? 'playground.composer.hintBusy' : 'playground.composer.hint')}
        </Text>
        {busy ? (
          <Button
            key="stop"
            size="compact-md"
            variant="default"
            leftSection={<IconPlayerStopFilled size={14} aria-hidden />}
            onClick={() => {
              onStop()
              area.current?.focus()
            }}
          >
            {t('playground.composer.stop')}
          </Button>
        ) : (
          <Button
            key="send"
            size="compact-md"
            type="submit"
            leftSection={<IconArrowUp size={16} aria-hidden />}
            aria-disabled={text.trim() === '' || refused !== null || undefined}
            data-disabled={text.trim() === '' || refused !== null || undefined}
          >
            {t('playground.composer.send')}
          </Button>
        )}
      </div>
    </form>
  )
}
