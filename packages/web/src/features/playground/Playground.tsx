import './playground.css'
import './conversation.css'
import './markdown.css'
import { CloseButton, Group } from '@mantine/core'
import { useDocumentTitle, useElementSize, useMediaQuery } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import type { Model } from '@tenantry/contract'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'
import { Drawer } from '../../ui/Dialog.tsx'
import { AddLane } from './AddLane.tsx'
import { CodeDialog } from './CodeDialog.tsx'
import { Composer } from './Composer.tsx'
import { Conversation } from './Conversation.tsx'
import { mostTurns } from './chat-store.ts'
import { messagesFor } from './chat-tree.ts'
import { History } from './History.tsx'
import { KeepConflict } from './KeepSign.tsx'
import { useKeptText } from './kept-text.ts'
import { LaneHeads } from './LaneHeads.tsx'
import { mostLanes } from './lanes.ts'
import { type OpenChat, startAnew } from './open-chats.ts'
import { Parameters } from './Parameters.tsx'
import { PlaygroundBar } from './PlaygroundBar.tsx'
import { wrongWith } from './parameters.ts'
import { RawDrawer } from './RawDrawer.tsx'
import { SharedBar } from './SharedBar.tsx'
import { Start } from './Start.tsx'

/** The narrowest that an answer beside others is read in. Pixels. */
const narrowestLane = 220

type Props = {
  chat: OpenChat
  models: Model[]
  /** What the address names; null: a chat that is not kept yet. */
  id: string | null
  /** Whether the chat began on this page, which stays as it is when the chat is kept. */
  fresh?: boolean
}

/** A chat with one model or several: what was said, where one writes, and what is around it. */
export function Playground({ chat: { store, keeper }, models, id, fresh = false }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const state = useSyncExternalStore(store.subscribe, store.get)
  const keeping = useSyncExternalStore(keeper.subscribe, keeper.get)
  const [text, setText] = useKeptText(id ?? 'new')
  const composer = useRef<HTMLTextAreaElement>(null)
  const { ref, width } = useElementSize()
  const { content, view } = state
  const { kept } = keeping
  const readOnly = kept !== null && !kept.mine
  // Beside each other, answers need the room of the list.
  const wideFrom = content.lanes.length > 1 ? 1700 : 1200
  const wide = useMediaQuery(`(min-width: ${wideFrom}px)`, undefined, { getInitialValueInEffect: false })
  const roomy = useMediaQuery('(min-width: 1000px)', undefined, { getInitialValueInEffect: false })
  const [drawer, setDrawer] = useState(false)
  const tabs = content.lanes.length > 1 && width > 0 && width / content.lanes.length < narrowestLane
  const only = tabs ? view.lane : null
  useDocumentTitle(`${kept ? `${kept.title} · ` : ''}${t('playground.title')} · Tenantry`)

  // A chat that has just been kept has an address of its own from then on. What is open and written on the page stays.
  const moved = useRef(id)
  const keptId = kept?.id ?? null
  useEffect(() => {
    if (keptId === null || keptId === id) return
    if (fresh && id === null && moved.current === keptId) return startAnew()
    moved.current = keptId
    const own = { to: '/playground/$id', params: { id: keptId } } as const
    // Only with a state of its own is the same page at another address another entry of the history.
    const here = { to: '/playground', search: {}, state: { chat: keptId } as object } as const
    void navigate(
      fresh ? { ...here, mask: { ...own, unmaskOnReload: true }, replace: true } : { ...own, replace: true },
    )
  }, [keptId, id, fresh, navigate])
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || !store.busy) return
      if (document.querySelector('[aria-modal=true], dialog[open], [role=menu]')) return
      store.stop()
      composer.current?.focus()
    }
    const leave = (event: BeforeUnloadEvent) => {
      if (keeper.unsaved || store.busy) event.preventDefault()
    }
    window.addEventListener('keydown', hear)
    window.addEventListener('beforeunload', leave)
    return () => {
      window.removeEventListener('keydown', hear)
      window.removeEventListener('beforeunload', leave)
    }
  }, [store, keeper])
  useEffect(() => {
    // On a screen that is touched this would open the keyboard over the page.
    const write = () => window.matchMedia('(hover: hover)').matches && composer.current?.focus()
    write()
    // What was pressed to ask again is not there any more.
    store.onAsked = () => requestAnimationFrame(write)
    return () => {
      store.onAsked = () => {}
    }
  }, [store])

  const shut = () => store.look({ dialog: null })
  const { dialog } = view
  const send = (asked: string) => {
    store.send(asked)
    setText('')
  }
  const refused = (): string | null => {
    if (content.turns.length >= mostTurns) return t('playground.composer.full', { count: mostTurns })
    for (const { modelId, title, parameters } of content.lanes) {
      const context = models.find((model) => model.id === modelId)?.contextLength ?? null
      const [what] = Object.values(wrongWith(parameters, context))
      const tokens = formatNumber(context ?? 0)
      if (what)
        return t('playground.composer.fix', { name: title, what: t(`playground.parameters.wrong.${what}`, { tokens }) })
    }
    return null
  }
  const codeLane = dialog?.is === 'code' ? content.lanes[dialog.lane] : undefined
  const parameters = <Parameters state={state} store={store} models={models} readOnly={readOnly} />
  const openParameters = (lane: number) => {
    store.look({ lane, parameters: roomy ? !(view.parameters && view.lane === lane) : true })
    if (!roomy) setDrawer(true)
  }
  return (
    <div
      className="playground"
      data-history={wide || undefined}
      data-parameters={(roomy && view.parameters) || undefined}
    >
      {wide && (
        <nav className="playground-side" aria-label={t('playground.history.title')}>
          <History current={kept?.id ?? null} onOpen={() => {}} />
        </nav>
      )}
      <div className="playground-main" ref={ref}>
        <PlaygroundBar
          keeping={keeping}
          keeper={keeper}
          wide={Boolean(wide)}
          onHistory={() => store.look({ dialog: { is: 'history' } })}
        >
          {!readOnly && content.lanes.length < mostLanes && (
            <AddLane models={models} disabled={store.busy} onAdd={(model) => store.addLane(model)} />
          )}
        </PlaygroundBar>
        <LaneHeads
          state={state}
          store={store}
          models={models}
          readOnly={readOnly}
          tabs={tabs}
          opened={(roomy ? view.parameters : drawer) ? view.lane : null}
          onParameters={openParameters}
        />
        <KeepConflict state={keeping} keeper={keeper} />
        <Conversation state={state} store={store} only={only} readOnly={readOnly}>
          <Start
            names={content.lanes.map(({ title }) => title)}
            onChoose={(words) => {
              setText(words)
              composer.current?.focus()
            }}
          />
        </Conversation>
        {readOnly && kept ? (
          <SharedBar kept={kept} content={content} />
        ) : (
          <Composer
            area={composer}
            text={text}
            onText={setText}
            busy={store.busy}
            refused={refused()}
            onSend={send}
            onStop={() => store.stop()}
          />
        )}
      </div>
      {roomy && view.parameters && (
        <section className="playground-side playground-parameters" aria-labelledby="parameters-title">
          <Group justify="space-between" mb="sm">
            <h2 id="parameters-title">{t('playground.parameters.title')}</h2>
            <CloseButton
              aria-label={t('playground.parameters.close')}
              onClick={() => store.look({ parameters: false })}
            />
          </Group>
          {parameters}
        </section>
      )}
      {!roomy && (
        <Drawer
          opened={drawer}
          onClose={() => setDrawer(false)}
          position="right"
          size="min(360px, 100vw)"
          title={t('playground.parameters.title')}
        >
          {parameters}
        </Drawer>
      )}
      <Drawer
        opened={!wide && dialog?.is === 'history'}
        onClose={shut}
        size="min(340px, 92vw)"
        title={t('playground.history.title')}
      >
        <History current={kept?.id ?? null} onOpen={shut} />
      </Drawer>
      {dialog?.is === 'raw' && (
        <RawDrawer
          name={
            content.turns.find((turn) => turn.id === dialog.turn)?.answers[dialog.lane]?.name ??
            content.lanes[dialog.lane]?.name ??
            ''
          }
          raw={store.rawOf(dialog.turn, dialog.lane)}
          onClose={shut}
        />
      )}
      {codeLane && dialog?.is === 'code' && (
        <CodeDialog
          lane={codeLane}
          messages={
            content.at === null
              ? [
                  ...messagesFor(content, dialog.lane),
                  { role: 'user', content: text || t('playground.start.suggestion.explain') },
                ]
              : messagesFor(content, dialog.lane)
          }
          onClose={shut}
        />
      )}
    </div>
  )
}
