import './disclosure.css'
import { IconChevronRight } from '@tabler/icons-react'
import type { ComponentProps, ReactNode } from 'react'

type Props = Omit<ComponentProps<'details'>, 'className'> & { summary: ReactNode }

/** Something that is there and not needed at first: opened by its summary. */
export function Disclosure({ summary, children, ...rest }: Props) {
  return (
    <details {...rest} className="disclosure">
      <summary>
        <IconChevronRight size={16} aria-hidden />
        <span>{summary}</span>
      </summary>
      {children}
    </details>
  )
}
