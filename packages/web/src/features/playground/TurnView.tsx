import { ActionIcon, Button, Group, Textarea } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconPencil, IconRefresh } from '@tabler/icons-react'
import type { ChatAnswer, Lane } from '@tenantry/contract'
import { type CSSProperties, memo, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { AnswerView } from './AnswerView.tsx'
import type { ChatStore, Live } from './chat-store.ts'
import type { Turn } from './chat-tree.ts'
import { bestOf } from './figures.ts'

type Props = {
  n: number
  turn: Turn
  /** By lane; what is on its way. */
  live: (Live | undefined)[]
  lanes: Lane[]
  /** The lane that alone is shown; null: all. */
  only: number | null
  before: Turn | undefined
  after: Turn | undefined
  /** “2 / 3”, where there is more than one. */
  place: string | null
  /** Whether something may be asked now. */
  open: boolean
  store: ChatStore
}

/** A lane may ask another model by now than the one that answered. */
const nameOf = (answer: ChatAnswer | null | undefined, modelId: string, title: string): string =>
  answer && answer.modelId !== modelId ? answer.name : title

const alike = (a: Props, b: Props): boolean =>
  (Object.keys(a) as (keyof Props)[]).every((key) => {
    const [one, other] = [a[key], b[key]]
    if (Array.isArray(one) && Array.isArray(other))
      return one.length === other.length && one.every((value, n) => value === other[n])
    return one === other
  })

/** A question, and what was answered: by each model beside the others. */
export const TurnView = memo(function TurnView({ n, turn, live, lanes, only, place, open, store, ...beside }: Props) {
  const { t } = useTranslation()
  const [editing, setEditing] = useState(false)
  const editButton = useRef<HTMLButtonElement>(null)
  const best = bestOf(turn.answers.map((answer) => answer?.figures))
  const stopEditing = () => {
    setEditing(false)
    requestAnimationFrame(() => editButton.current?.focus())
  }
  return (
    <article className="turn" aria-label={t('playground.turn.question', { n })}>
      <h2 className="unseen">{t('playground.turn.question', { n })}</h2>
      {editing ? (
        <EditQuestion
          text={turn.text}
          onCancel={stopEditing}
          onSend={(text) => {
            setEditing(false)
            store.edit(turn, text)
          }}
        />
      ) : (
        <div className="question">
          <div className="question-text">{turn.text}</div>
          <Group gap={2} justify="flex-end" className="question-tools">
            {place && (
              // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
              <div role="group" aria-label={t('playground.turn.branches')} className="branches numbers">
                <Step to={beside.before} label={t('playground.turn.previous')} Icon={IconChevronLeft} store={store} />
                <span>{place}</span>
                <Step to={beside.after} label={t('playground.turn.next')} Icon={IconChevronRight} store={store} />
              </div>
            )}
            <CopyButton
              value={turn.text}
              label={t('playground.answer.copy')}
              aria-label={t('playground.turn.copy')}
              size="compact-xs"
              variant="subtle"
              color="gray"
            />
            {open && (
              <>
                <Button
                  ref={editButton}
                  size="compact-xs"
                  variant="subtle"
                  color="gray"
                  leftSection={<IconPencil size={16} aria-hidden />}
                  onClick={() => setEditing(true)}
                >
                  {t('playground.turn.edit')}
                </Button>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="gray"
                  leftSection={<IconRefresh size={16} aria-hidden />}
                  onClick={() => store.edit(turn, turn.text)}
                >
                  {t('playground.turn.again')}
                </Button>
              </>
            )}
          </Group>
        </div>
      )}
      <div className="answers" style={{ '--lanes': only === null ? lanes.length : 1 } as CSSProperties}>
        {lanes.map(({ modelId, title }, lane) =>
          only === null || only === lane ? (
            <AnswerView
              // biome-ignore lint/suspicious/noArrayIndexKey: a lane is its place
              key={lane}
              name={nameOf(turn.answers[lane], modelId, title)}
              answer={turn.answers[lane] ?? null}
              live={live[lane]}
              fastest={best.fastest === lane}
              soonest={best.soonest === lane}
              onRaw={() => store.look({ dialog: { is: 'raw', turn: turn.id, lane } })}
              onRetry={open ? () => store.retry(turn.id, lane) : undefined}
            />
          ) : null,
        )}
      </div>
    </article>
  )
}, alike)

type StepProps = { to: Turn | undefined; label: string; Icon: typeof IconChevronLeft; store: ChatStore }
function Step({ to, label, Icon, store }: StepProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={24}
      aria-label={label}
      aria-disabled={to ? undefined : true}
      data-disabled={to ? undefined : true}
      onClick={() => to && store.show(to)}
    >
      <Icon size={16} aria-hidden />
    </ActionIcon>
  )
}

type EditProps = { text: string; onSend: (text: string) => void; onCancel: () => void }
function EditQuestion({ text, onSend, onCancel }: EditProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(text)
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    area.current?.focus()
    area.current?.setSelectionRange(area.current.value.length, area.current.value.length)
  }, [])
  const send = () => typed.trim() !== '' && onSend(typed)
  return (
    <form
      className="edit-question"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Textarea
        ref={area}
        aria-label={t('playground.turn.editLabel')}
        autosize
        minRows={2}
        maxRows={12}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation()
            onCancel()
          } else if (
            event.key === 'Enter' &&
            !event.shiftKey &&
            !event.nativeEvent.isComposing &&
            event.keyCode !== 229
          ) {
            event.preventDefault()
            send()
          }
        }}
      />
      <Group gap="xs" justify="flex-end" mt="xs">
        <Button size="compact-sm" variant="default" onClick={onCancel}>
          {t('action.cancel')}
        </Button>
        <Button size="compact-sm" type="submit" disabled={typed.trim() === ''}>
          {t('playground.turn.editSend')}
        </Button>
      </Group>
    </form>
  )
}
