import { Button } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ChatState, type ChatStore, keyOf } from './chat-store.ts'
import { pathOf, siblingsOf } from './chat-tree.ts'
import { TurnView } from './TurnView.tsx'

type Props = { state: ChatState; store: ChatStore; only: number | null; readOnly: boolean; children: ReactNode }

/** The branch that is open, from its first question on. It stays at its end while more comes, unless one scrolls away. */
export function Conversation({ state, store, only, readOnly, children }: Props) {
  const { t } = useTranslation()
  const box = useRef<HTMLElement>(null)
  const inner = useRef<HTMLDivElement>(null)
  const [follow, setFollow] = useState(true)
  const { content, live } = state
  const path = pathOf(content)
  const last = path.at(-1)
  const following = useRef(true)
  const top = useRef(0)
  const heed = (is: boolean) => {
    following.current = is
    setFollow(is)
  }
  const toEnd = useCallback(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }, [])
  // What is drawn later than it came makes the text longer as well.
  useEffect(() => {
    if (!inner.current) return
    const watch = new ResizeObserver(() => following.current && toEnd())
    watch.observe(inner.current)
    return () => watch.disconnect()
  }, [toEnd])
  // A question that was just asked is what one wants to see.
  const asked = last?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question is the occasion
  useLayoutEffect(() => {
    heed(true)
    toEnd()
  }, [asked, only])
  return (
    <div className="conversation">
      <section
        ref={box}
        className="conversation-scroll"
        aria-label={t('playground.turn.all')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys as well
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          // Only whoever scrolls back reads elsewhere: the text may also have grown below.
          if (scrollHeight - scrollTop - clientHeight < 40) heed(true)
          else if (scrollTop < top.current) heed(false)
          top.current = scrollTop
        }}
      >
        <div ref={inner} className="conversation-inner">
          {path.length === 0 && children}
          {path.map((turn, n) => {
            const siblings = siblingsOf(content, turn)
            const at = siblings.indexOf(turn)
            const running = content.lanes.map((_, lane) => live[keyOf(turn.id, lane)])
            return (
              <TurnView
                // Versions take each other’s place, and the focus stays where it is.
                key={turn.parent}
                n={n + 1}
                turn={turn}
                live={running}
                lanes={content.lanes}
                only={only}
                before={siblings[at - 1]}
                after={siblings[at + 1]}
                place={siblings.length > 1 ? t('playground.turn.branch', { at: at + 1, of: siblings.length }) : null}
                open={!readOnly && !store.busy}
                store={store}
              />
            )
          })}
        </div>
      </section>
      {!follow && path.length > 0 && (
        <Button
          className="to-latest"
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => {
            toEnd()
            heed(true)
            box.current?.focus()
          }}
        >
          {t('playground.answer.latest')}
        </Button>
      )}
    </div>
  )
}
