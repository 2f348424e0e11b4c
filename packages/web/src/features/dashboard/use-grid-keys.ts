import type { Layout, LayoutItem } from '@tenantry/contract'
import type { Direction } from '@tenantry/contract/layout'
import { type KeyboardEvent, useState } from 'react'
import type { Edits } from './use-edits.ts'

const directions: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}
const growth: Record<Direction, [w: number, h: number]> = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }

/**
 * Moves and resizes by keyboard: on a handle, Space or Enter takes the widget, arrows move it, Shift and arrows resize it,
 * Space or Enter puts it down, Escape puts it back.
 */
export function useGridKeys(edits: Edits) {
  const [held, setHeld] = useState<{ i: string; before: Layout } | null>(null)

  const hear = (event: KeyboardEvent, { i }: LayoutItem) => {
    const direction = directions[event.key]
    const isToggle = event.key === ' ' || event.key === 'Enter'
    if (event.ctrlKey || event.metaKey || event.altKey || (isToggle && event.repeat)) return
    if (held?.i !== i) {
      if (!isToggle) return
      setHeld({ i, before: edits.draft })
      edits.say(i, 'grabbed')
    } else if (isToggle) {
      setHeld(null)
      edits.say(i, 'dropped')
    } else if (event.key === 'Escape') {
      setHeld(null)
      edits.putBack(held.before, i)
    } else if (direction) {
      if (event.shiftKey) edits.size(i, ...growth[direction])
      else edits.step(i, direction)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  return {
    grabbed: held?.i ?? null,
    handle: (item: LayoutItem) => ({
      onKeyDown: (event: KeyboardEvent) => hear(event, item),
      // Whoever goes elsewhere has put it down.
      onBlur: () => setHeld((now) => (now?.i === item.i ? null : now)),
    }),
  }
}
