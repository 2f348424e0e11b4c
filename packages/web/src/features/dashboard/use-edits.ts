import type { Layout, LayoutItem, WidgetType } from '@tenantry/contract'
import {
  addWidget,
  type Direction,
  type LayoutView,
  madeWay,
  placeLayout,
  removeWidget,
  resizeWidget,
  stepWidget,
} from '@tenantry/contract/layout'
import { useTranslation } from 'react-i18next'
import { announce } from '../../app/announce.ts'

/** Brings a widget into sight once it has arrived where it goes. */
const reveal = (type: string | undefined) =>
  requestAnimationFrame(async () => {
    const frame = document.querySelector(`[data-widget="${type}"]`)
    await Promise.allSettled(frame?.getAnimations().map(({ finished }) => finished) ?? [])
    frame?.scrollIntoView({ block: 'nearest' })
  })

export type Edits = ReturnType<typeof useEdits>

/** What can be done to the layout that is being edited. Each is also said, for those who do not see it. */
export function useEdits(draft: Layout, setDraft: (layout: Layout) => void, view: LayoutView) {
  const { t } = useTranslation()
  const find = (layout: Layout, i: string) => placeLayout(layout, view).find((item) => item.i === i)
  const inWords = ({ type, x, y, w, h }: LayoutItem) => ({
    name: t(`dashboard.widget.${type as WidgetType}`),
    x: x + 1,
    y: y + 1,
    w,
    h,
  })

  const tell = (after: Layout, i: string, what: 'moved' | 'sized') => {
    const [was, is] = [find(draft, i), find(after, i)]
    if (!was || !is) return
    const count = madeWay(placeLayout(draft, view), placeLayout(after, view), i)
    const others = count > 0 ? t('dashboard.say.others', { count }) : ''
    const changed = what === 'moved' ? was.x !== is.x || was.y !== is.y : was.w !== is.w || was.h !== is.h
    if (changed) announce(t(`dashboard.say.${what}`, { ...inWords(is), others }))
    else announce(t(what === 'moved' ? 'dashboard.say.stays' : 'dashboard.say.staysSized', inWords(is)))
  }
  const change = (after: Layout, i: string, what: 'moved' | 'sized') => {
    tell(after, i, what)
    setDraft(after)
    reveal(find(after, i)?.type)
  }
  const focusOn = (type: string | undefined) =>
    requestAnimationFrame(() => {
      const handle = document.getElementById(`handle-${type}`) ?? document.getElementById('add-widget')
      handle?.focus({ preventScroll: true })
      reveal(type)
    })

  return {
    draft,
    step: (i: string, direction: Direction) => change(stepWidget(draft, i, direction, view), i, 'moved'),
    /** By so many cells. */
    size: (i: string, w: number, h: number) => {
      const item = find(draft, i)
      if (item) change(resizeWidget(draft, i, { w: item.w + w, h: item.h + h }, view), i, 'sized')
    },
    /** What the pointer made of it; null where it was put back. */
    drop: (after: Layout | null, i: string, what: 'moved' | 'sized') => {
      if (after) change(after, i, what)
      else tell(draft, i, what)
    },
    putBack: (before: Layout, i: string) => {
      const item = find(before, i)
      if (item) announce(t('dashboard.say.back', inWords(item)))
      setDraft(before)
    },
    say: (i: string, what: 'grabbed' | 'dropped') => {
      const item = find(draft, i)
      if (item) announce(t(`dashboard.say.${what}`, inWords(item)))
    },
    add: (type: string) => {
      const after = addWidget(draft, type, view)
      const item = placeLayout(after, view).find((one) => one.type === type)
      if (item) announce(t('dashboard.say.added', inWords(item)))
      setDraft(after)
      focusOn(type)
    },
    remove: (i: string) => {
      const shown = placeLayout(draft, view)
      const at = shown.findIndex((item) => item.i === i)
      const item = shown[at]
      if (!item) return
      announce(t('dashboard.say.removed', inWords(item)))
      setDraft(removeWidget(draft, i, view))
      focusOn((shown[at + 1] ?? shown[at - 1])?.type)
    },
  }
}
