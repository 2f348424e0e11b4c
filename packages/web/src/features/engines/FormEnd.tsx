import { Group } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'

type Props = {
  /** What came of the form, if anything did. */
  news: unknown
  said: ReactNode
  /** The buttons. */
  children: ReactNode
}

/** The end of a form: what came of it stands above the buttons, where whoever pressed one looks. */
export function FormEnd({ news, said, children }: Props) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (news) end.current?.scrollIntoView({ block: 'nearest' })
  }, [news])
  return (
    <div ref={end} style={{ scrollMarginBottom: 16 }}>
      <div style={{ marginBottom: news ? 16 : 0 }}>{said}</div>
      <Group justify="flex-end" gap="xs">
        {children}
      </Group>
    </div>
  )
}
