import { useEffect, useRef, useState } from 'react'

/** Whether more is in an element than shows: then it has to be reachable by keyboard to be scrolled. */
export function useOverflow() {
  const ref = useRef<HTMLDivElement>(null)
  const [overflows, setOverflows] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const look = () => setOverflows(element.scrollHeight > element.clientHeight + 1)
    const observer = new ResizeObserver(look)
    observer.observe(element)
    const changes = new MutationObserver(look)
    changes.observe(element, { childList: true, subtree: true, characterData: true })
    return () => {
      observer.disconnect()
      changes.disconnect()
    }
  }, [])
  return { ref, overflows }
}
