import { Button, Group, SegmentedControl, Text, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { UsageSearch } from './model-search.ts'
import { lastDays, mostDays, presetOf, presets, type Range, today, wrongRange } from './usage-range.ts'

type Props = {
  range: Range
  /** Whether there is one's own to choose, and everybody's. */
  both: boolean
  everybody: boolean
  by: 'model' | 'user' | 'key'
  onChange: (change: { [Name in keyof UsageSearch]?: UsageSearch[Name] | undefined }) => void
}

/** Whose, counted by what, and of which time; all of it in the address. */
export function UsageFilters({ range, both, everybody, by, onChange }: Props) {
  const { t } = useTranslation()
  const preset = presetOf(range)
  const [typing, setTyping] = useState(false)
  const custom = typing || preset === null
  const choose = (value: string) => {
    setTyping(value === 'custom')
    if (value === 'custom') return
    const { from } = lastDays(Number(value))
    // The 30 days that are shown without being asked for need no place in the address.
    onChange({ from: value === '30' ? undefined : from, to: undefined })
  }
  return (
    <Group gap="sm" mb="md" align="flex-end">
      {both && (
        <SegmentedControl
          aria-label={t('models.usage.whose')}
          data={[
            { value: 'mine', label: t('models.usage.mine') },
            { value: 'all', label: t('models.usage.everybody') },
          ]}
          value={everybody ? 'all' : 'mine'}
          onChange={(value) =>
            onChange({
              whose: value === 'all' ? 'all' : undefined,
              ...(by === 'user' && { by: undefined }),
            })
          }
        />
      )}
      <Group gap={8} wrap="nowrap">
        <Text size="sm" c="dimmed" aria-hidden>
          {t('models.usage.by')}
        </Text>
        <SegmentedControl
          aria-label={t('models.usage.by')}
          data={[
            { value: 'model', label: t('models.usage.byModel') },
            ...(everybody ? [{ value: 'user', label: t('models.usage.byUser') }] : []),
            { value: 'key', label: t('models.usage.byKey') },
          ]}
          value={by}
          onChange={(value) => onChange({ by: value === 'user' || value === 'key' ? value : undefined })}
        />
      </Group>
      <SegmentedControl
        className="range-choice"
        aria-label={t('models.usage.range')}
        data={[
          ...presets.map((days) => ({ value: String(days), label: t(`models.usage.days.${days}`) })),
          { value: 'custom', label: t('models.usage.days.custom') },
        ]}
        value={custom ? 'custom' : String(preset)}
        onChange={choose}
      />
      {custom && <DayFields range={range} onShow={onChange} />}
    </Group>
  )
}

function DayFields({ range, onShow }: { range: Range; onShow: (range: Range) => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(range)
  const [wrong, setWrong] = useState<'rangeEmpty' | 'rangeWrong' | null>(null)
  // Back and forward change the address under the fields.
  useEffect(() => setTyped({ from: range.from, to: range.to }), [range.from, range.to])
  const field = (name: 'from' | 'to') => (
    <TextInput
      type="date"
      label={t(`models.usage.${name}`)}
      value={typed[name]}
      max={today()}
      aria-invalid={wrong !== null}
      onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
    />
  )
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        const found = wrongRange(typed)
        setWrong(found)
        if (!found) onShow(typed)
      }}
    >
      <Group gap="xs" align="flex-end">
        {field('from')}
        {field('to')}
        <Button type="submit" variant="default">
          {t('models.usage.show')}
        </Button>
      </Group>
      {wrong && (
        <Text size="xs" mt={4} role="alert" style={{ color: 'var(--mantine-color-error)' }}>
          {t(`models.usage.${wrong}`, { most: mostDays })}
        </Text>
      )}
    </form>
  )
}
