import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useSingleKey } from '../app/single-keys.ts'

type Props = { label: string; placeholder: string; value: string; onSearch: (q: string) => void }

/** Searches as one types; `value` is what the address says, which back and forward change under the field. / leads here. */
export function SearchField({ label, placeholder, value, onSearch }: Props) {
  const [typed, setTyped] = useState(value)
  const sent = useRef(value)
  const input = useRef<HTMLInputElement>(null)
  const send = useDebouncedCallback((q: string) => {
    sent.current = q.trim()
    onSearch(q.trim())
  }, 150)
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value
      setTyped(value)
    }
  }, [value])
  useSingleKey('/', () => input.current?.focus())
  return (
    <TextInput
      ref={input}
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      maxLength={200}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        send(event.currentTarget.value)
      }}
      flex="1 1 240px"
      maw={400}
    />
  )
}
