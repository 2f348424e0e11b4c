import './editor.css'
import type { Layout, LayoutAnswer, WidgetType } from '@tenantry/contract'
import { type LayoutView, offered, placeLayout, saveable } from '@tenantry/contract/layout'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { AddWidget } from './AddWidget.tsx'
import { ConflictDialog } from './ConflictDialog.tsx'
import { EditBar } from './EditBar.tsx'
import { FrameTools } from './FrameTools.tsx'
import { Grid, placeOf } from './Grid.tsx'
import { LeaveGuard } from './LeaveGuard.tsx'
import { useEditKeys } from './use-edit-keys.ts'
import { useEdits } from './use-edits.ts'
import { useFlip } from './use-flip.ts'
import { useGridKeys } from './use-grid-keys.ts'
import { useGridPointer } from './use-grid-pointer.ts'
import { useSaving } from './use-saving.ts'
import { WidgetFrame } from './WidgetFrame.tsx'

type Props = {
  answer: LayoutAnswer
  view: LayoutView
  /** What to begin with instead of what is saved. */
  draft?: Layout
  palette: boolean
  onClose: () => void
  /** Edits again, from a draft that was given up. */
  onReopen: (draft: Layout) => void
}

/** The dashboard while it is edited. Loaded when somebody first does. */
export function Editor({ answer, view, draft: given, palette, onClose, onReopen }: Props) {
  const { t } = useTranslation()
  const { may } = useSession()
  const [draft, setDraft] = useState(given ?? answer.layout)
  const [preview, setPreview] = useState<Layout | null>(null)
  const [adding, setAdding] = useState(palette)
  const grid = useRef<HTMLDivElement>(null)
  const saving = useSaving({ answer, view, draft, setDraft, onClose, onReopen })
  const edits = useEdits(draft, setDraft, view)
  const keys = useGridKeys(edits)
  const flip = useFlip(grid)
  const pointer = useGridPointer({ grid, draft, view, setPreview, onDrop: edits.drop, onLift: flip.note })

  const shown = placeLayout(preview ?? draft, view)
  const dirty = JSON.stringify(saveable(draft, view)) !== JSON.stringify(saveable(saving.base.layout, view))
  const cancel = () => saving.cancel(dirty)
  useEditKeys({ save: () => void saving.save(), cancel })

  // Who takes a widget by the keyboard has the focus in it: elements keep their order until it is put down.
  const order = useRef<string[]>([])
  const busy = keys.grabbed !== null || pointer.held !== null
  const ids = shown.map(({ i }) => i)
  if (!busy || ids.some((i) => !order.current.includes(i))) order.current = ids
  const drawn = [...shown].sort((a, b) => order.current.indexOf(a.i) - order.current.indexOf(b.i))
  const focused = useRef<HTMLElement | null>(null)
  const orderNow = order.current.join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: an element that is put elsewhere in the document loses the focus
  useLayoutEffect(() => {
    if (document.activeElement === document.body && focused.current?.isConnected)
      focused.current.focus({ preventScroll: true })
  }, [orderNow])

  const bar = useRef<HTMLElement>(null)
  useEffect(() => bar.current?.focus({ preventScroll: true }), [])

  const placeholder = shown.find(({ i }) => i === pointer.held)
  const { unseen } = offered(draft, view)
  return (
    <>
      <EditBar
        ref={bar}
        busy={saving.busy}
        fresh={unseen.length}
        onAdd={() => setAdding(true)}
        onSave={() => void saving.save()}
        onCancel={cancel}
        onReset={() => void saving.reset()}
        {...(may('dashboard.set_default') && { onSetDefault: () => void saving.setDefault() })}
      />
      {saving.error !== null && (
        <div style={{ marginBottom: 16 }}>
          <ProblemAlert error={saving.error} />
        </div>
      )}
      <span id="handle-help" hidden>
        {t('dashboard.edit.handleHelp')}
      </span>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only remembers where the focus was */}
      <div
        onFocus={({ target }) => {
          focused.current = target
        }}
      >
        <Grid ref={grid} editing>
          {drawn.map((item) => (
            <WidgetFrame
              key={item.type}
              type={item.type as WidgetType}
              style={placeOf(item)}
              className={pointer.held === item.i ? 'held' : keys.grabbed === item.i ? 'grabbed' : ''}
              tools={
                <FrameTools
                  type={item.type as WidgetType}
                  grabbed={keys.grabbed === item.i}
                  handle={{
                    ...keys.handle(item),
                    onPointerDown: (event) => pointer.begin(event, item, 'move'),
                  }}
                  onCorner={(event) => pointer.begin(event, item, 'resize')}
                  onStep={(direction) => edits.step(item.i, direction)}
                  onSize={(w, h) => edits.size(item.i, w, h)}
                  onRemove={() => edits.remove(item.i)}
                />
              }
            />
          ))}
          {placeholder && <div className="widget-placeholder" style={placeOf(placeholder)} />}
        </Grid>
      </div>
      {shown.length === 0 && <p className="dim">{t('dashboard.bareText')}</p>}
      {adding && (
        <AddWidget
          {...offered(draft, view)}
          onAdd={(type) => {
            setAdding(false)
            edits.add(type)
          }}
          onClose={() => setAdding(false)}
        />
      )}
      {saving.conflict && (
        <ConflictDialog
          which={saving.conflict}
          onMine={saving.keepMine}
          onTheirs={saving.takeTheirs}
          busy={saving.busy}
        />
      )}
      <LeaveGuard dirty={dirty} />
    </>
  )
}
