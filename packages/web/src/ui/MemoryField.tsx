import { TextInput, type TextInputProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatMemory } from '../app/format.ts'
import { readMemory, typeMemory } from '../app/memory.ts'

type Props = Omit<TextInputProps, 'value' | 'onChange' | 'description'> & {
  value: string
  onChange: (value: string) => void
  /** In MiB, to be said below. */
  most?: number | null
  /** What an empty field means, where it may be empty. */
  empty?: string
  /** What is understood is said elsewhere. */
  bare?: boolean
}

/** An amount of memory as text, with its unit: what was understood is said, and stands there once one goes on. */
export function MemoryField({ value, onChange, most = null, empty, bare = false, error, onBlur, ...rest }: Props) {
  const { t } = useTranslation()
  const read = readMemory(value)
  const wrong = read === null && (empty === undefined || value.trim() !== '')
  const said = [
    read !== null && typeMemory(read) !== value.trim() && t('memory.read', { amount: typeMemory(read) }),
    most !== null && t('memory.most', { amount: formatMemory(most) }),
  ].filter((text) => text !== false)
  return (
    <TextInput
      {...rest}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onBlur={(event) => {
        if (read !== null) onChange(typeMemory(read))
        onBlur?.(event)
      }}
      {...(!bare && said.length > 0 && { description: <span role="status">{said.join(' · ')}</span> })}
      {...(empty !== undefined && { placeholder: empty })}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      error={error ?? (wrong && t('memory.wrong'))}
      autoComplete="off"
      spellCheck={false}
    />
  )
}
