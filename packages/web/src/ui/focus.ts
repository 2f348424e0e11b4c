/** What had the focus last on the page itself: neither in a dialog nor in a menu, which are gone when one comes back. */
let last: HTMLElement | null = null
document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && !target.closest('[role="dialog"], dialog, [role="menu"]')) last = target
})

/** Where to go back to from what opens now, the best first. */
export const focusedNow = (): HTMLElement[] =>
  [document.activeElement, last].filter((one) => one instanceof HTMLElement && one !== document.body) as HTMLElement[]

/** Whether nothing has the focus. */
export const focusIsLost = (): boolean => document.activeElement === null || document.activeElement === document.body

/** Gives the focus to the first that can take it: not to what is gone, hidden or disabled. */
export const focusFirst = (elements: HTMLElement[]): boolean =>
  elements.some((element) => {
    element.focus({ preventScroll: true })
    return document.activeElement === element
  })

let release = () => {}

/**
 * Until somebody moves on, the focus is not lost: it goes to the heading of the page as soon as there is one, also when what
 * has it goes away later, as a row does that was deleted, or a page that was still being loaded.
 */
export function holdFocus(): void {
  release()
  const settle = () => {
    if (!focusIsLost() || document.querySelector('[aria-modal="true"]')) return
    const heading = document.querySelector<HTMLElement>('#content h1, main h1')
    if (heading) heading.tabIndex = -1
    heading?.focus({ preventScroll: true })
  }
  const observer = new MutationObserver(settle)
  const moveOn = (event: Event) => {
    const own = event.type === 'focusin' && (event.target as Element).matches('h1')
    if (!own) release()
  }
  settle()
  observer.observe(document.body, { childList: true, subtree: true })
  for (const type of ['focusin', 'pointerdown']) document.addEventListener(type, moveOn)
  release = () => {
    observer.disconnect()
    for (const type of ['focusin', 'pointerdown']) document.removeEventListener(type, moveOn)
  }
}
