import { Drawer as KitDrawer, Modal as KitModal } from '@mantine/core'
import { type ComponentProps, useEffect, useRef, useState } from 'react'
import { focusedNow, focusFirst, focusIsLost, holdFocus } from './focus.ts'

/** The kit's dialog. Most are drawn only while they are open, which its own return of the focus does not provide for. */
export const Modal = (props: ComponentProps<typeof KitModal>) => (
  <>
    {props.opened && <ReturnFocus />}
    <KitModal {...props} returnFocus={false} />
  </>
)

/** The same at a side of the page. */
export const Drawer = (props: ComponentProps<typeof KitDrawer>) => (
  <>
    {props.opened && <ReturnFocus />}
    <KitDrawer {...props} returnFocus={false} />
  </>
)

const open: object[] = []

/** Keeps what had the focus when a dialog opens, and gives it back when it closes. */
function ReturnFocus() {
  // While this is drawn nothing in the dialog has taken the focus yet.
  const [from] = useState(focusedNow)
  const closing = useRef(-1)
  useEffect(() => {
    clearTimeout(closing.current)
    const me = {}
    open.push(me)
    return () => {
      const outer = open.slice(0, open.indexOf(me))
      open.splice(open.indexOf(me), 1)
      const inDialog = () => document.activeElement?.closest('[aria-modal="true"]') != null
      const inside = inDialog()
      closing.current = window.setTimeout(() => {
        // Another that has opened meanwhile has it, or what was done put it somewhere.
        if (open.length > outer.length || !(focusIsLost() || (inside && inDialog()))) return
        if (outer.length > 0) {
          focusFirst(from.filter((element) => element.closest('[aria-modal="true"]')))
          return
        }
        focusFirst(from)
        holdFocus()
      })
    }
  }, [from])
  return null
}
