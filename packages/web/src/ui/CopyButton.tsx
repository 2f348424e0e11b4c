import { Button, type ButtonProps } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  /** The text, or what makes it when it is wanted. */
  value: string | (() => string)
  label?: string
} & ButtonProps

/** Copies a text, and says so to the eye and the ear; also that it could not. */
export function CopyButton({ value, label, ...rest }: Props) {
  const { t } = useTranslation()
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const later = setTimeout(() => setState('idle'), 2500)
    return () => clearTimeout(later)
  }, [state])
  const words = { idle: label ?? t('action.copy'), copied: t('action.copied'), failed: t('action.copyFailed') }
  return (
    <Button
      variant="default"
      leftSection={state === 'copied' ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
      onClick={async (event) => {
        const beside = event.currentTarget.parentElement ?? document.body
        setState((await copy(typeof value === 'string' ? value : value(), beside)) ? 'copied' : 'failed')
      }}
      {...rest}
    >
      <span aria-live="polite">{words[state]}</span>
    </Button>
  )
}

/** Puts a text where one pastes from; false where the browser did not let it. `beside` is where the focus may be. */
export async function copy(value: string, beside: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value)
    return true
  } catch {
    // Over plain HTTP browsers offer no clipboard to write to. Beside the button, where a dialog lets the focus be.
    const focused = document.activeElement
    const area = document.createElement('textarea')
    area.value = value
    area.style.cssText = 'position:fixed;opacity:0'
    beside.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    if (focused instanceof HTMLElement) focused.focus()
    return done
  }
}
