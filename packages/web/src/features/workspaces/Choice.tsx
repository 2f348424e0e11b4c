import type { ReactNode } from 'react'
import { useId } from 'react'

type Props = {
  group: string
  checked: boolean
  onChoose: () => void
  name: string
  /** Why it cannot be chosen; it stays to be seen. */
  refused?: string | null
  children?: ReactNode
}

/** One of several, as a card: a radio button of the browser's own, so that arrows move and everything is announced. */
export function Choice({ group, checked, onChoose, name, refused = null, children }: Props) {
  const id = useId()
  return (
    <label className="choice">
      <input
        type="radio"
        name={group}
        checked={checked}
        disabled={refused !== null}
        onChange={onChoose}
        aria-labelledby={`${id}-name`}
        aria-describedby={`${id}-more ${id}-why`}
      />
      <span className="choice-name" id={`${id}-name`}>
        <bdi>{name}</bdi>
      </span>
      <span className="dim" id={`${id}-more`}>
        {children}
      </span>
      {refused !== null && (
        <span className="choice-why" id={`${id}-why`}>
          {refused}
        </span>
      )}
    </label>
  )
}
