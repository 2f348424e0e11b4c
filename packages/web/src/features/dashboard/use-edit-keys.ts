import { useEffect } from 'react'

/** ⌘S or Ctrl+S saves, Escape gives up; unless something on top of the page is what Escape closes. */
export function useEditKeys({ save, cancel }: { save: () => void; cancel: () => void }): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 's' && (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey) {
        event.preventDefault()
        if (!document.querySelector('[aria-modal=true]')) save()
      }
      const isOnTop = document.querySelector('[aria-modal=true], [role=menu], dialog[open], .grabbed, .held')
      if (event.key === 'Escape' && !event.defaultPrevented && !isOnTop) {
        event.preventDefault()
        cancel()
      }
    }
    // Before anybody else hears it: whoever closes what is on top would have closed it by then.
    window.addEventListener('keydown', hear, { capture: true })
    return () => window.removeEventListener('keydown', hear, { capture: true })
  })
}
