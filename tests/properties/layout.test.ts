import {
  addWidget,
  defaultLayout,
  gridColumns,
  Layout,
  type LayoutItem,
  type LayoutView,
  madeWay,
  moveWidget,
  offered,
  overlaps,
  type Permission,
  placeLayout,
  removeWidget,
  resizeWidget,
  saveable,
  stepWidget,
  type WidgetRegistry,
} from '@tenantry/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'

// Edits of a layout mixed with other permissions and other versions of the widgets, against a plain account of what must
// be there: a set of types, a set of what was taken away, a set of what has been seen.
const types = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const permissions: Permission[] = ['vm.view', 'slurm.view', 'user.view']
const runs = 10_000 * Number(process.env.PROOF ?? 1)

type Widget = NonNullable<WidgetRegistry[string]>
const span = (most: number) => fc.tuple(fc.nat(most - 1), fc.nat(most - 1), fc.nat(most - 1))
const widget: fc.Arbitrary<Widget> = fc
  .record({ w: span(12), h: span(10), needs: fc.subarray(permissions, { maxLength: 2 }) })
  .map(({ w, h, needs }) => {
    const [leastW = 0, sizeW = 0, mostW = 0] = [...w].sort((a, b) => a - b)
    const [leastH = 0, sizeH = 0, mostH = 0] = [...h].sort((a, b) => a - b)
    return {
      needs,
      least: { w: leastW + 1, h: leastH + 1 },
      size: { w: sizeW + 1, h: sizeH + 1 },
      most: { w: mostW + 1, h: mostH + 1 },
    }
  })

const which = fc.nat(7)
const command = fc.oneof(
  fc.record({ do: fc.constant('move' as const), which, x: fc.integer({ min: -2, max: 14 }), y: fc.nat(30) }),
  fc.record({
    do: fc.constant('step' as const),
    which,
    direction: fc.constantFrom('left', 'right', 'up', 'down'),
  }),
  fc.record({ do: fc.constant('resize' as const), which, w: fc.integer({ min: -1, max: 15 }), h: fc.nat(14) }),
  fc.record({ do: fc.constant('add' as const), which }),
  fc.record({ do: fc.constant('remove' as const), which }),
  fc.record({ do: fc.constant('save' as const) }),
  fc.record({ do: fc.constant('reload' as const) }),
  fc.record({ do: fc.constant('permit' as const), held: fc.subarray(permissions) }),
  // An upgrade, or the way back: types come, go, and have other sizes.
  fc.record({ do: fc.constant('upgrade' as const), type: fc.constantFrom(...types), widget: fc.option(widget) }),
)
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

const sequence = fc.record({
  begin: fc.dictionary(fc.constantFrom(...types), widget, { minKeys: 2, maxKeys: 7 }),
  held: fc.subarray(permissions, { minLength: 1 }),
  commands: fc.array(command, { minLength: 4, maxLength: 24 }),
})

type Account = { layout: Layout; present: Set<string>; removed: Set<string>; seen: Set<string> }
const copy = ({ layout, present, removed, seen }: Account): Account => ({
  layout: structuredClone(layout),
  present: new Set(present),
  removed: new Set(removed),
  seen: new Set(seen),
})
const sorted = (names: Iterable<string>) => [...names].sort().join()

/** Throws plainly: a thousand times cheaper than an assertion library, half a million times over. */
function must(holds: boolean, promise: string, ...more: unknown[]): void {
  if (!holds) throw new Error(`${promise}\n${more.map((value) => JSON.stringify(value)).join('\n')}`)
}

function mayStand(item: LayoutItem, { least, most }: Widget): boolean {
  const sized = item.w >= least.w && item.w <= most.w && item.h >= least.h && item.h <= most.h
  return sized && item.x >= 0 && item.y >= 0 && item.x + item.w <= gridColumns
}

function check(now: Account, view: LayoutView): void {
  const { layout, present, removed, seen } = now
  const permitted = (type: string) => {
    const needs = view.registry[type]?.needs
    return needs !== undefined && (needs.length === 0 || needs.some(view.may))
  }
  const there = layout.items.map(({ type }) => type)
  must(there.length === new Set(there).size, 'each type at most once', layout)
  must(new Set(layout.items.map(({ i }) => i)).size === there.length, 'ids are unique', layout)
  must(sorted(there) === sorted(present), 'nothing lost, nothing resurrected', layout, [...present])
  must(sorted(layout.removed) === sorted(removed), 'what was taken away is remembered', layout, [...removed])
  must(sorted(layout.seen) === sorted(seen), 'what was seen is remembered', layout, [...seen])

  const shown = placeLayout(layout, view)
  must(sorted(shown.map(({ type }) => type)) === sorted([...present].filter(permitted)), 'shown is what may be', shown)
  must(overlaps(shown) === null, 'shown ones never overlap', shown)
  for (const item of shown) {
    must(mayStand(item, view.registry[item.type] as Widget), 'within its sizes and the grid', item, view.registry)
    const rests = shown.some(
      (other) => other.y + other.h === item.y && other.x < item.x + item.w && item.x < other.x + other.w,
    )
    must(item.y === 0 || rests, 'nothing hangs in the air', shown)
  }
  const { unseen, others } = offered(layout, view)
  const absent = types.filter((type) => permitted(type) && !present.has(type))
  must(sorted([...unseen, ...others]) === sorted(absent), 'what is absent can be added', absent, unseen, others)
  must(!unseen.some((type) => removed.has(type) || seen.has(type)), 'only what is new is offered', unseen)
}

function play({ begin, held, commands }: { begin: Record<string, Widget>; held: Permission[]; commands: Command[] }) {
  const registry: Record<string, Widget> = { ...begin }
  const view: { registry: WidgetRegistry; may: LayoutView['may'] } = { registry, may: (name) => held.includes(name) }
  const known = Object.keys(registry)
  let now: Account = {
    layout: defaultLayout(registry),
    present: new Set(known),
    removed: new Set(),
    seen: new Set(known),
  }
  let kept = copy(now)
  check(now, view)

  for (const command of commands) {
    const before = placeLayout(now.layout, view)
    const chosen = 'which' in command && before.length > 0 ? before[command.which % before.length] : undefined
    const find = (layout: Layout) => placeLayout(layout, view).find((item) => item.i === chosen?.i) as LayoutItem
    const hiddenBefore = sorted(
      now.layout.items.filter(({ i }) => !before.some((item) => item.i === i)).map((item) => JSON.stringify(item)),
    )
    if (command.do === 'move' && chosen) {
      now.layout = moveWidget(now.layout, chosen.i, command, view)
      const moved = find(now.layout)
      must(moved.x === Math.max(0, Math.min(gridColumns - moved.w, command.x)), 'it goes to its column', moved, command)
      must(moved.w === chosen.w && moved.h === chosen.h, 'moving does not resize', chosen, moved)
    } else if (command.do === 'step' && chosen) {
      now.layout = stepWidget(now.layout, chosen.i, command.direction, view)
      const moved = find(now.layout)
      const by = {
        left: moved.x < chosen.x,
        right: moved.x > chosen.x,
        up: moved.y < chosen.y,
        down: moved.y > chosen.y,
      }
      const after = placeLayout(now.layout, view)
      const still = madeWay(before, after, '') === 0
      must(by[command.direction] || still, 'a step goes where it says, or nowhere', before, after, command)
    } else if (command.do === 'resize' && chosen) {
      now.layout = resizeWidget(now.layout, chosen.i, command, view)
      const { least, most } = registry[chosen.type] as Widget
      const { x, w, h } = find(now.layout)
      must(x === chosen.x, 'resizing does not move sideways')
      must(
        w === Math.min(Math.max(command.w, least.w), most.w, gridColumns - x),
        'it is as wide as was asked',
        command,
        w,
      )
      must(h === Math.min(Math.max(command.h, least.h), most.h), 'it is as high as was asked', command, h)
    } else if (command.do === 'add') {
      const { unseen, others } = offered(now.layout, view)
      const type = [...unseen, ...others][command.which % Math.max(1, unseen.length + others.length)]
      if (type) {
        now.layout = addWidget(now.layout, type, view)
        now.present.add(type)
        now.removed.delete(type)
      }
    } else if (command.do === 'remove' && chosen) {
      now.layout = removeWidget(now.layout, chosen.i, view)
      now.present.delete(chosen.type)
      now.removed.add(chosen.type)
    } else if (command.do === 'save') {
      const document = saveable(now.layout, view)
      must(Layout.safeParse(document).success, 'what is saved is a layout', document)
      must(overlaps(document.items) === null, 'no document overlaps, hidden ones included', document)
      must(
        document.items.every(({ x, w }) => x + w <= gridColumns),
        'no document leaves the grid',
        document,
      )
      must(JSON.stringify(placeLayout(document, view)) === JSON.stringify(before), 'what is saved is what was seen')
      now.layout = JSON.parse(JSON.stringify(document))
      for (const type of Object.keys(registry)) now.seen.add(type)
      kept = copy(now)
    } else if (command.do === 'reload') {
      now = copy(kept)
    } else if (command.do === 'permit') {
      view.may = (name) => command.held.includes(name)
    } else if (command.do === 'upgrade') {
      if (command.widget) registry[command.type] = command.widget
      else delete registry[command.type]
    }
    if (['move', 'step', 'resize', 'remove'].includes(command.do)) {
      const shownTypes = new Set(before.map(({ type }) => type))
      const hiddenAfter = sorted(
        now.layout.items.filter(({ type }) => !shownTypes.has(type)).map((item) => JSON.stringify(item)),
      )
      must(hiddenAfter === hiddenBefore, 'what is hidden stays as it is', hiddenBefore, hiddenAfter)
    }
    check(now, view)
  }
}

test(`${runs} sequences of edits and upgrades lose, resurrect, overlap and stretch nothing`, {
  timeout: 600_000,
}, () => {
  fc.assert(fc.property(sequence, play), { numRuns: runs })
})

const size = { w: 6, h: 4 }
const plain = { needs: [], size, least: { w: 1, h: 1 }, most: { w: 12, h: 10 } } as const
const view: LayoutView = { registry: { a: plain, b: plain, c: plain, d: plain }, may: () => true }
const picture = (layout: Layout) => placeLayout(layout, view).map(({ i, x, y, w, h }) => `${i} ${x},${y} ${w}×${h}`)
const start = defaultLayout(view.registry)

test('the default is every widget, two beside each other', () => {
  expect(picture(start)).toEqual(['a 0,0 6×4', 'b 6,0 6×4', 'c 0,4 6×4', 'd 6,4 6×4'])
})

test('one that is moved changes places with what it passes by half, and the rest stays', () => {
  expect(picture(moveWidget(start, 'a', { x: 0, y: 1 }, view))).toEqual(picture(start))
  expect(picture(moveWidget(start, 'a', { x: 0, y: 3 }, view))).toEqual([
    'c 0,0 6×4',
    'b 6,0 6×4',
    'a 0,4 6×4',
    'd 6,4 6×4',
  ])
  expect(picture(moveWidget(start, 'c', { x: 0, y: 1 }, view))).toEqual([
    'c 0,0 6×4',
    'b 6,0 6×4',
    'a 0,4 6×4',
    'd 6,4 6×4',
  ])
  expect(picture(moveWidget(start, 'd', { x: 6, y: 99 }, view))).toEqual(picture(start))
})

test('a step up or down goes as far as it takes', () => {
  const down = stepWidget(start, 'a', 'down', view)
  expect(picture(down)).toEqual(['c 0,0 6×4', 'b 6,0 6×4', 'a 0,4 6×4', 'd 6,4 6×4'])
  expect(picture(stepWidget(down, 'a', 'up', view))).toEqual(picture(start))
  expect(stepWidget(start, 'a', 'up', view)).toBe(start)
  expect(stepWidget(start, 'a', 'left', view)).toBe(start)
})

test('one that grows pushes its neighbour down', () => {
  expect(picture(resizeWidget(start, 'a', { w: 8, h: 4 }, view))[0]).toBe('a 0,0 8×4')
  expect(
    madeWay(placeLayout(start, view), placeLayout(resizeWidget(start, 'a', { w: 8, h: 4 }, view), view), 'a'),
  ).toBe(2)
})

test('one that is added goes where there is room first, and one of an unknown type is kept', () => {
  const gap = saveable(removeWidget(start, 'b', view), view)
  expect(gap.removed).toEqual(['b'])
  expect(offered(gap, view)).toEqual({ unseen: [], others: ['b'] })
  expect(picture(addWidget(gap, 'b', view))).toEqual(['a 0,0 6×4', 'd 6,0 6×4', 'c 0,4 6×4', 'b 6,4 6×4'])
  const foreign = { ...start, items: [...start.items, { i: 'z', type: 'z', x: 0, y: 0, w: 6, h: 4 }] }
  expect(picture(foreign)).toEqual(picture(start))
  expect(saveable(foreign, view).items.find(({ type }) => type === 'z')).toEqual({
    i: 'z',
    type: 'z',
    x: 0,
    y: 8,
    w: 6,
    h: 4,
  })
})

test('a document that somebody else wrote badly is shown well', () => {
  const item = { i: 'a', type: 'a', x: 11, y: 900, w: 12, h: 50 }
  const bad: Layout = { schema: 1, items: [item, { ...item, type: 'b' }, item], removed: ['a'], seen: [] }
  expect(picture(bad)).toEqual(['a 0,0 12×10', 'a-2 0,10 12×10'])
  expect(overlaps(bad.items)).not.toBeNull()
  expect(overlaps(saveable(bad, view).items)).toBeNull()
  expect(saveable(bad, view).removed).toEqual([])
  const named = { ...start, items: [{ ...item, type: 'constructor' }] }
  expect(placeLayout(named, view)).toEqual([])
})
