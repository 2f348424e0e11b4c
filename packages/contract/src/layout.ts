import type { Layout, LayoutItem } from './dashboard.ts'
import type { Permission } from './permissions.ts'

/** The rules of the dashboard's grid. Pure: what a page shows, a server checks and a test proves is the same. */
export const gridColumns = 12
const lastRow = 999
const mostItems = 100
const mostTypes = 200

type Size = { w: number; h: number }
export type WidgetRegistry = Readonly<
  Record<string, { needs: readonly Permission[]; size: Size; least: Size; most: Size } | undefined>
>
/** The widgets there are, and what the person who looks may do. */
export type LayoutView = { registry: WidgetRegistry; may: (permission: Permission) => boolean }
export type Direction = 'left' | 'right' | 'up' | 'down'

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))
const inReadingOrder = (a: LayoutItem, b: LayoutItem) => a.y - b.y || a.x - b.x
const shareColumns = (a: LayoutItem, b: LayoutItem) => a.x < b.x + b.w && b.x < a.x + a.w
const collide = (a: LayoutItem, b: LayoutItem) => shareColumns(a, b) && a.y < b.y + b.h && b.y < a.y + a.h

/** Two that lie on top of each other, or null. */
export function overlaps(items: readonly LayoutItem[]): [LayoutItem, LayoutItem] | null {
  for (const [index, a] of items.entries()) for (const b of items.slice(index + 1)) if (collide(a, b)) return [a, b]
  return null
}

export function isPermitted(type: string, { registry, may }: LayoutView): boolean {
  // Not an own property: no widget, whatever the name ("constructor").
  const widget = Object.hasOwn(registry, type) ? registry[type] : undefined
  return widget !== undefined && (widget.needs.length === 0 || widget.needs.some(may))
}

/** Lets each rise as far as it can, in the given order, so that none overlap; in reading order afterwards. */
function settle(items: readonly LayoutItem[]): LayoutItem[] {
  const heights = new Array<number>(gridColumns).fill(0)
  const settled = items.map((item) => {
    const y = Math.max(...heights.slice(item.x, item.x + item.w))
    heights.fill(y + item.h, item.x, item.x + item.w)
    return { ...item, y }
  })
  return settled.sort(inReadingOrder)
}

/** Of a type that stands twice the first counts; ids are unique afterwards. */
function withoutDoubles(items: readonly LayoutItem[]): LayoutItem[] {
  const kept: LayoutItem[] = []
  for (const item of items)
    if (!kept.some(({ type }) => type === item.type)) kept.push({ ...item, i: idFor(item, kept) })
  return kept
}

function idFor({ i }: { i: string }, among: readonly LayoutItem[]): string {
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? i : `${i.slice(0, 36)}-${count}`
    if (!among.some((other) => other.i === id)) return id
  }
}

function within(item: LayoutItem, { registry }: LayoutView): LayoutItem {
  const { least, most } = registry[item.type] as NonNullable<WidgetRegistry[string]>
  const w = clamp(item.w, least.w, Math.min(most.w, gridColumns))
  return { ...item, w, h: clamp(item.h, least.h, most.h), x: clamp(item.x, 0, gridColumns - w) }
}

function parted(layout: Layout, view: LayoutView): { shown: LayoutItem[]; hidden: LayoutItem[] } {
  const items = withoutDoubles(layout.items)
  const shown = items.filter(({ type }) => isPermitted(type, view)).map((item) => within(item, view))
  return {
    shown: settle(shown.sort(inReadingOrder)),
    hidden: items.filter(({ type }) => !isPermitted(type, view)),
  }
}

/**
 * What is shown of a layout: the widgets that are known here and that the person may see, within their sizes, risen as far
 * as they can. The others stay in the document and take no room.
 */
export const placeLayout = (layout: Layout, view: LayoutView): LayoutItem[] => parted(layout, view).shown

/**
 * Puts one among the others at `item.y`. Those whose middle it passes change places with it: coming from above its lower
 * edge counts, else its upper one.
 */
function insert(item: LayoutItem, others: readonly LayoutItem[], downwards: boolean): LayoutItem[] {
  const edge = downwards ? item.y + item.h : item.y
  const isBefore = (other: LayoutItem) => other.y + other.h / 2 < edge
  const met = (other: LayoutItem) => shareColumns(item, other)
  const next = others.findIndex((other) => met(other) && !isBefore(other))
  const at = downwards
    ? others.findLastIndex((other) => met(other) && isBefore(other)) + 1
    : next < 0
      ? others.length
      : next
  return settle([...others.slice(0, at), item, ...others.slice(at)])
}

function change(
  layout: Layout,
  i: string,
  view: LayoutView,
  changed: (item: LayoutItem, others: LayoutItem[]) => LayoutItem[],
): Layout {
  const { shown, hidden } = parted(layout, view)
  const item = shown.find((one) => one.i === i)
  if (!item) return layout
  const others = shown.filter((one) => one !== item)
  return { ...layout, items: [...changed(item, others), ...hidden] }
}

/** Moves a widget to a cell; the others make way, and it rises if there is room above. */
export const moveWidget = (layout: Layout, i: string, to: { x: number; y: number }, view: LayoutView): Layout =>
  change(layout, i, view, (item, others) => {
    const x = clamp(Math.round(to.x), 0, gridColumns - item.w)
    const y = Math.max(0, Math.round(to.y))
    return insert({ ...item, x, y }, others, y > item.y)
  })

/**
 * Moves a widget one step: one column sideways; up or down as far as it takes to change places with what is there, as
 * nothing hangs in the air. The same layout where there is no way.
 */
export function stepWidget(layout: Layout, i: string, direction: Direction, view: LayoutView): Layout {
  const shown = placeLayout(layout, view)
  const from = shown.find((item) => item.i === i)
  if (!from) return layout
  const by = direction === 'left' || direction === 'up' ? -1 : 1
  if (direction === 'left' || direction === 'right') {
    const x = from.x + by
    return x < 0 || x + from.w > gridColumns ? layout : moveWidget(layout, i, { x, y: from.y }, view)
  }
  const bottom = Math.max(...shown.map((item) => item.y + item.h))
  for (let y = from.y + by; y >= 0 && y <= bottom; y += by) {
    const moved = moveWidget(layout, i, { x: from.x, y }, view)
    const to = moved.items.find((item) => item.i === i)
    if (to && Math.sign(to.y - from.y) === by) return moved
  }
  return layout
}

/** Makes a widget another size from its upper left corner, as far as its least and most and the grid allow. */
export const resizeWidget = (layout: Layout, i: string, to: Size, view: LayoutView): Layout =>
  change(layout, i, view, (item, others) => {
    const size = within({ ...item, x: 0, w: Math.round(to.w), h: Math.round(to.h) }, view)
    return insert({ ...item, w: Math.min(size.w, gridColumns - item.x), h: size.h }, others, false)
  })

/** Adds a widget where there is room for it first. Not one that is there already, or that is not permitted. */
export function addWidget(layout: Layout, type: string, view: LayoutView): Layout {
  const { shown, hidden } = parted(layout, view)
  const isThere = shown.some((item) => item.type === type)
  if (!isPermitted(type, view) || isThere || layout.items.length >= mostItems) return layout
  const { size } = view.registry[type] as NonNullable<WidgetRegistry[string]>
  const i = idFor({ i: type }, [...shown, ...hidden])
  const item = roomFor(within({ i, type, x: 0, y: 0, ...size }, view), shown)
  return {
    ...layout,
    items: [...settle([...shown, item].sort(inReadingOrder)), ...hidden],
    removed: layout.removed.filter((other) => other !== type),
  }
}

function roomFor(item: LayoutItem, among: readonly LayoutItem[]): LayoutItem {
  for (let y = 0; ; y += 1)
    for (let x = 0; x + item.w <= gridColumns; x += 1) {
      const there = { ...item, x, y }
      if (!among.some((other) => collide(there, other))) return there
    }
}

/** Takes a widget away. It is remembered, so that it never comes back by itself. */
export function removeWidget(layout: Layout, i: string, view: LayoutView): Layout {
  const { shown, hidden } = parted(layout, view)
  const item = shown.find((one) => one.i === i)
  if (!item) return layout
  return {
    ...layout,
    items: [...settle(shown.filter((one) => one !== item)), ...hidden],
    removed: [...layout.removed.filter((type) => type !== item.type), item.type],
  }
}

/**
 * What could be added, in the order of the registry: `unseen` has come since the layout was saved and is offered;
 * `others` were taken away, or were known and are not there.
 */
export function offered(layout: Layout, view: LayoutView): { unseen: string[]; others: string[] } {
  const there = new Set(layout.items.map(({ type }) => type))
  const known = new Set([...layout.removed, ...layout.seen])
  const types = Object.keys(view.registry).filter((type) => !there.has(type) && isPermitted(type, view))
  return { unseen: types.filter((type) => !known.has(type)), others: types.filter((type) => known.has(type)) }
}

/**
 * The document to save: what is shown where it is shown, and what is hidden as near as possible to where it was, so that
 * nothing in the document overlaps. Everything known now has been seen.
 */
export function saveable(layout: Layout, view: LayoutView): Layout {
  const { shown, hidden } = parted(layout, view)
  const items = [...shown]
  for (const item of hidden.sort(inReadingOrder)) items.push(tuckIn(item, items))
  const there = new Set(items.map(({ type }) => type))
  return {
    schema: 1,
    items,
    removed: [...new Set(layout.removed)].filter((type) => !there.has(type)).slice(-mostTypes),
    seen: [...new Set([...Object.keys(view.registry), ...layout.seen])].slice(0, mostTypes),
  }
}

function tuckIn(item: LayoutItem, among: readonly LayoutItem[]): LayoutItem {
  const x = clamp(item.x, 0, gridColumns - item.w)
  for (let distance = 0; distance <= lastRow; distance += 1)
    for (const y of [item.y - distance, item.y + distance]) {
      const there = { ...item, x, y }
      if (y >= 0 && y <= lastRow && !among.some((other) => collide(there, other))) return there
    }
  // A document of a thousand rows without a gap: better small than lost.
  return roomFor({ ...item, w: 1, h: 1 }, among)
}

/** Every widget once, in the order of the registry, side by side as far as they fit. */
export function defaultLayout(registry: WidgetRegistry): Layout {
  const everything: LayoutView = { registry, may: () => true }
  const types = Object.keys(registry)
  const empty: Layout = { schema: 1, items: [], removed: [], seen: types }
  return types.reduce((layout, type) => addWidget(layout, type, everything), empty)
}

/** How many others are elsewhere than before. */
export const madeWay = (before: readonly LayoutItem[], after: readonly LayoutItem[], i: string): number =>
  after.filter((item) => {
    const was = before.find((other) => other.i === item.i)
    return item.i !== i && was !== undefined && (was.x !== item.x || was.y !== item.y)
  }).length
