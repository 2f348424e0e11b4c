import { type RefObject, useLayoutEffect, useRef } from 'react'

type Place = { left: number; top: number }

/** Lets widgets glide to where they are now, unless motion is unwelcome. */
export function useFlip(grid: RefObject<HTMLElement | null>) {
  const places = useRef(new Map<string, Place>())
  useLayoutEffect(() => {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    for (const frame of grid.current?.querySelectorAll<HTMLElement>(':scope > .widget') ?? []) {
      const type = frame.dataset.widget ?? ''
      const now = { left: frame.offsetLeft, top: frame.offsetTop }
      const before = places.current.get(type)
      places.current.set(type, now)
      if (!before || still || frame.classList.contains('held')) continue
      const [x, y] = [before.left - now.left, before.top - now.top]
      if (x !== 0 || y !== 0)
        frame.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }], {
          duration: 170,
          easing: 'cubic-bezier(0.2, 0, 0, 1)',
        })
    }
  })
  return {
    /** Where one was let go that followed the pointer. */
    note: (frame: HTMLElement) =>
      void places.current.set(frame.dataset.widget ?? '', { left: frame.offsetLeft, top: frame.offsetTop }),
  }
}
