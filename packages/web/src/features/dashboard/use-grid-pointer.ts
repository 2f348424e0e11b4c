import type { Layout, LayoutItem } from '@tenantry/contract'
import { gridColumns, type LayoutView, moveWidget, resizeWidget } from '@tenantry/contract/layout'
import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'

type Mode = 'move' | 'resize'
type Props = {
  grid: RefObject<HTMLElement | null>
  draft: Layout
  view: LayoutView
  setPreview: (layout: Layout | null) => void
  /** `after` is null where it was given up. */
  onDrop: (after: Layout | null, i: string, what: 'moved' | 'sized') => void
  /** Just before the frame goes back into the grid. */
  onLift: (frame: HTMLElement) => void
}

const between = (least: number, value: number, most: number) => Math.max(least, Math.min(most, value))

/** How close to an edge of the window scrolls, in pixels; at the top, bars stand in the way. */
const edge = { top: 150, bottom: 70, speed: 0.22 }

/**
 * Moves and resizes by mouse, pen and touch. The frame follows the pointer, the grid shows where it would be, and the page
 * scrolls along. Escape gives up.
 */
export function useGridPointer({ grid, draft, view, setPreview, onDrop, onLift }: Props) {
  const [held, setHeld] = useState<string | null>(null)
  const stop = useRef<(() => void) | null>(null)
  useEffect(() => () => stop.current?.(), [])

  const begin = (event: PointerEvent<HTMLElement>, item: LayoutItem, mode: Mode) => {
    const handle = event.currentTarget
    const frame = handle.closest<HTMLElement>('.widget')
    if (event.button !== 0 || !frame || !grid.current || stop.current) return
    // Text is not selected meanwhile; the focus would not come either.
    event.preventDefault()
    handle.focus({ preventScroll: true })
    const area = grid.current.getBoundingClientRect()
    const style = getComputedStyle(grid.current)
    const gap = Number.parseFloat(style.columnGap)
    const column = (area.width + gap) / gridColumns
    const row = Number.parseFloat(style.gridAutoRows) + gap
    const box = { left: frame.offsetLeft, top: frame.offsetTop, width: frame.offsetWidth, height: frame.offsetHeight }
    const from = { x: event.clientX + window.scrollX, y: event.clientY + window.scrollY }
    let at = { x: event.clientX, y: event.clientY }
    let cell = ''
    let after: Layout | null = null

    const follow = () => {
      const [dx, dy] = [at.x + window.scrollX - from.x, at.y + window.scrollY - from.y]
      const to =
        mode === 'move'
          ? { ...box, left: between(-gap, box.left + dx, area.width - box.width + gap), top: box.top + dy }
          : {
              ...box,
              width: between(column, box.width + dx, area.width - box.left + gap),
              height: Math.max(row, box.height + dy),
            }
      for (const side of ['left', 'top', 'width', 'height'] as const) frame.style[side] = `${to[side]}px`
      const x = Math.round(to.left / column)
      const y = Math.round(to.top / row)
      const w = Math.round((to.width + gap) / column)
      const h = Math.round((to.height + gap) / row)
      if (cell === `${x} ${y} ${w} ${h}`) return
      cell = `${x} ${y} ${w} ${h}`
      after = mode === 'move' ? moveWidget(draft, item.i, { x, y }, view) : resizeWidget(draft, item.i, { w, h }, view)
      setPreview(after)
    }
    let frames = 0
    const scroll = () => {
      const beyond = Math.min(0, at.y - edge.top) + Math.max(0, at.y - (window.innerHeight - edge.bottom))
      if (beyond !== 0) {
        window.scrollBy({ top: beyond * edge.speed, behavior: 'instant' })
        follow()
      }
      frames = requestAnimationFrame(scroll)
    }
    const move = ({ clientX, clientY }: globalThis.PointerEvent) => {
      at = { x: clientX, y: clientY }
      follow()
    }
    const end = (keep: boolean) => {
      stop.current?.()
      onDrop(keep ? after : null, item.i, mode === 'move' ? 'moved' : 'sized')
    }
    const drop = () => end(true)
    const giveUp = () => end(false)
    const hear = (key: KeyboardEvent) => {
      if (key.key !== 'Escape') return
      key.preventDefault()
      key.stopPropagation()
      giveUp()
    }
    stop.current = () => {
      stop.current = null
      cancelAnimationFrame(frames)
      handle.removeEventListener('pointermove', move)
      handle.removeEventListener('pointerup', drop)
      handle.removeEventListener('pointercancel', giveUp)
      window.removeEventListener('keydown', hear, { capture: true })
      document.documentElement.classList.remove('holding')
      onLift(frame)
      for (const side of ['left', 'top', 'width', 'height'] as const) frame.style.removeProperty(side)
      setHeld(null)
      setPreview(null)
    }
    handle.setPointerCapture(event.pointerId)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('pointerup', drop)
    handle.addEventListener('pointercancel', giveUp)
    window.addEventListener('keydown', hear, { capture: true })
    document.documentElement.classList.add('holding')
    setHeld(item.i)
    follow()
    frames = requestAnimationFrame(scroll)
  }
  return { held, begin }
}
