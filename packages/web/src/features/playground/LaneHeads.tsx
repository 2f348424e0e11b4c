import { ActionIcon, SegmentedControl, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAdjustmentsHorizontal, IconCode, IconX } from '@tabler/icons-react'
import type { Model } from '@tenantry/contract'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { UndoNote } from '../../ui/UndoNote.tsx'
import type { ChatState, ChatStore } from './chat-store.ts'
import { ModelSelect } from './ModelSelect.tsx'
import { countOf } from './parameters.ts'

type Props = {
  state: ChatState
  store: ChatStore
  models: Model[]
  readOnly: boolean
  /** Whether one lane is shown at a time, for want of room. */
  tabs: boolean
  /** Whose parameters are open beside; null: nobody’s. */
  opened: number | null
  onParameters: (lane: number) => void
}

/** The models that are asked, side by side: which, with what parameters. */
export function LaneHeads({ state, store, models, readOnly, tabs, opened, onParameters }: Props) {
  const { t } = useTranslation()
  const { lanes } = state.content
  const many = lanes.length > 1
  const remove = (lane: number) => {
    const before = store.get().content
    const { title } = lanes[lane] ?? { title: '' }
    store.removeLane(lane)
    const id = notifications.show({
      autoClose: 10_000,
      message: (
        <UndoNote
          message={t('playground.lane.removed', { name: title })}
          undo={() => {
            store.putBack(before, lane)
            notifications.hide(id)
          }}
        />
      ),
    })
  }
  return (
    <section className="lanes" aria-label={t('playground.lane.lanes')}>
      {tabs && many && (
        <SegmentedControl
          className="lane-tabs"
          fullWidth
          size="xs"
          aria-label={t('playground.lane.lanes')}
          data={lanes.map(({ title }, lane) => ({ value: String(lane), label: title }))}
          value={String(state.view.lane)}
          onChange={(lane) => store.look({ lane: Number(lane) })}
        />
      )}
      <div className="lane-heads" style={{ '--lanes': tabs ? 1 : lanes.length } as CSSProperties}>
        {lanes.map((lane, n) => {
          if (tabs && n !== state.view.lane) return null
          const count = countOf(lane.parameters)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a lane is its place
            <div key={n} className="lane-head">
              {readOnly ? (
                <Text size="sm" fw={550} flex={1}>
                  {lane.title}
                </Text>
              ) : (
                <ModelSelect
                  lane={lane}
                  models={models}
                  label={many ? t('playground.lane.modelOf', { n: n + 1 }) : t('playground.lane.model')}
                  disabled={store.busy}
                  onChoose={(model) => store.choose(n, model)}
                />
              )}
              <span className="lane-tool">
                <ActionIcon
                  variant="default"
                  size={34}
                  aria-label={t('playground.lane.parameters', { name: lane.title })}
                  title={t('playground.parameters.open')}
                  aria-expanded={opened === n}
                  onClick={() => onParameters(n)}
                >
                  <IconAdjustmentsHorizontal size={16} aria-hidden />
                </ActionIcon>
                {count > 0 && (
                  <span className="lane-count" title={t('playground.parameters.given', { count })}>
                    {count}
                  </span>
                )}
              </span>
              <ActionIcon
                variant="default"
                size={34}
                aria-label={t('playground.lane.code', { name: lane.title })}
                title={t('playground.code.open')}
                onClick={() => store.look({ dialog: { is: 'code', lane: n } })}
              >
                <IconCode size={16} aria-hidden />
              </ActionIcon>
              {many && !readOnly && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={34}
                  aria-label={t('playground.lane.remove', { name: lane.title })}
                  disabled={store.busy}
                  onClick={() => remove(n)}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              )}
            </div>
          )
        })}
      </div>
    </section>
  )
}
