import { useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { holdFocus } from '../ui/focus.ts'
import { onAnnounce } from './announce.ts'

/** Whether something on the page that is still there has the focus, or a dialog over it: not what led here, nor the page itself. */
function focusIsTaken(): boolean {
  const at = document.activeElement
  return at?.closest('#content > *, [aria-modal="true"]') != null && at.closest('[role="menu"]') === null
}

/**
 * On each new page the focus goes to its heading, which is read out by that: nothing else tells those who hear it that the
 * page has changed, and what had the focus is mostly gone. Where something has taken the focus, the title is said instead.
 * Also says what `announce` is given.
 */
export function Announcer() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const shown = useRef(path)
  const [said, setSaid] = useState('')
  useEffect(
    () =>
      // The same words twice are said twice only if something differs.
      onAnnounce((text) => setSaid((before) => (before === text ? `${text}\u00A0` : text))),
    [],
  )
  useEffect(() => {
    const from = shown.current
    shown.current = path
    // The first page is read from its beginning.
    if (from === undefined || from === path) return
    if (!focusIsTaken()) {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
      holdFocus()
      return
    }
    // The new page has set its title by then.
    const later = setTimeout(() => setSaid(document.title), 300)
    return () => clearTimeout(later)
  }, [path])
  return (
    <div className="unseen" aria-live="polite">
      {said}
    </div>
  )
}
