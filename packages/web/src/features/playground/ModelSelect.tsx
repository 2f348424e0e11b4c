import { Select, Text } from '@mantine/core'
import type { Lane, Model } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'

type Props = {
  lane: Lane
  models: Model[]
  label: string
  disabled: boolean
  onChoose: (model: Model) => void
}
const looks = {
  ok: ['good', 'dot'],
  slow: ['warn', 'ring'],
  failing: ['bad', 'square'],
  waiting: ['idle', 'ring'],
} as const

/** How a model is, in words, with a mark. */
function HealthSign({ model }: { model: Model }) {
  const { t } = useTranslation()
  const { status, reason } = model.health
  const [color, shape] = looks[status]
  return (
    <span className="model-health">
      <span className="status" data-shape={shape} style={{ color: `var(--status-${color})` }}>
        <span>{t(`playground.health.${status}`)}</span>
      </span>
      {status !== 'ok' && reason && <span className="model-reason">{reason}</span>}
    </span>
  )
}

/** Which model a lane asks, and how it is. */
export function ModelSelect({ lane, models, label, disabled, onChoose }: Props) {
  const { t } = useTranslation()
  const byId = new Map(models.map((model) => [model.id, model]))
  const chosen = byId.get(lane.modelId)
  return (
    <div className="model-select">
      <Select
        aria-label={label}
        data={models.map(({ id, title }) => ({ value: id, label: title }))}
        value={chosen?.id ?? null}
        placeholder={chosen ? undefined : lane.title}
        disabled={disabled}
        searchable={models.length > 8}
        nothingFoundMessage={t('playground.lane.nothing')}
        allowDeselect={false}
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
        maxDropdownHeight={360}
        onChange={(id) => {
          const model = byId.get(id ?? '')
          if (model) onChoose(model)
        }}
        renderOption={({ option }) => {
          const model = byId.get(option.value)
          return (
            model && (
              <div className="model-option">
                <span>{model.title}</span>
                <Text span size="xs" c="dimmed" ff="monospace">
                  {model.name}
                </Text>
                <HealthSign model={model} />
              </div>
            )
          )
        }}
      />
      {chosen ? (
        chosen.health.status !== 'ok' && <HealthSign model={chosen} />
      ) : (
        <span className="model-health model-gone">{t('playground.lane.gone')}</span>
      )}
    </div>
  )
}
