import { useEffect, useSyncExternalStore } from 'react'

const kept = 'tenantry.single-keys'
const listeners = new Set<() => void>()

/** Whether shortcuts of a single character are on: they can be switched off (WCAG 2.2, 2.1.4), for this browser. */
export const singleKeysOn = (): boolean => {
  try {
    return localStorage.getItem(kept) !== 'off'
  } catch {
    return true
  }
}
export function switchSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(kept, on ? 'on' : 'off')
  } catch {}
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
export const useSingleKeys = (): boolean => useSyncExternalStore(subscribe, singleKeysOn)

const typing = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]'

/** Does something at one character, unless somebody is typing, a dialog is open, or such keys are switched off. */
export function useSingleKey(key: string, run: () => void): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key !== key || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      const { target } = event
      if (
        (target instanceof Element && target.closest(typing)) ||
        document.querySelector('[aria-modal=true], dialog[open]')
      )
        return
      if (!singleKeysOn()) return
      event.preventDefault()
      run()
    }
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  })
}
