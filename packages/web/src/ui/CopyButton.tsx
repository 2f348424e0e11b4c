import { Button, type ButtonProps } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** Copies a text, and says so to the eye and the ear. */
export function CopyButton({ value, label, ...rest }: { value: string; label?: string } & ButtonProps) {
  const { t } = useTranslation()
  const clipboard = useClipboard({ timeout: 2500 })
  const copy = () => {
    clipboard.copy(value)
    if (!navigator.clipboard) copyWithoutClipboard(value)
  }
  return (
    <Button
      variant="default"
      leftSection={clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
      onClick={copy}
      {...rest}
    >
      <span aria-live="polite">{clipboard.copied ? t('action.copied') : (label ?? t('action.copy'))}</span>
    </Button>
  )
}

// Over plain HTTP browsers offer no clipboard to write to.
function copyWithoutClipboard(value: string) {
  const area = document.createElement('textarea')
  area.value = value
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
