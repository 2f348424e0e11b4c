import { ActionIcon, Button, NumberInput, Select, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { emptyProfile, keyOf, nextKey, type Place, type ProfileRow } from './template-values.ts'

const none = 'none'
type Props = {
  rows: ProfileRow[]
  onChange: (rows: ProfileRow[]) => void
  gpus: Place['gpus']
  /** What is wrong with a field, by its place: `profiles/1/id`. */
  marks: Record<string, string>
  error: string | undefined
}

/** The profiles as a table one types in; accelerators only of those the engine has. */
export function ProfileRows({ rows, onChange, gpus, marks, error }: Props) {
  const { t } = useTranslation()
  const change = (key: number, part: Partial<ProfileRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  const offered = gpus.map((gpu) => ({
    value: keyOf(gpu),
    label:
      gpu.profile === null
        ? t('workspaces.templates.gpu', { model: gpu.model, free: gpu.free, total: gpu.total })
        : t('workspaces.templates.mig', { ...gpu, profile: gpu.profile }),
  }))
  return (
    <div className="rows">
      {rows.map((row, index) => {
        const label = (field: 'id' | 'name' | 'cpus' | 'memory' | 'accelerator' | 'count') => {
          const name = t(`workspaces.templates.profile.${field}`)
          return { label: name, 'aria-label': t('workspaces.templates.row', { n: index + 1, field: name }) }
        }
        const mark = (field: string) => marks[`profiles/${index}/${field}`]
        const gone = row.accelerator !== '' && !offered.some(({ value }) => value === row.accelerator)
        return (
          <div key={row.key} className="profile-row">
            <TextInput
              {...label('id')}
              value={row.id}
              onChange={(event) => change(row.key, { id: event.currentTarget.value })}
              maxLength={40}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              error={mark('id')}
            />
            <TextInput
              {...label('name')}
              value={row.name}
              onChange={(event) => change(row.key, { name: event.currentTarget.value })}
              maxLength={60}
              autoComplete="off"
              error={mark('name')}
            />
            <NumberInput
              {...label('cpus')}
              value={row.cpus}
              onChange={(cpus) => change(row.key, { cpus })}
              min={1}
              allowDecimal={false}
              hideControls
              error={mark('cpus')}
            />
            <NumberInput
              {...label('memory')}
              value={row.memoryGiB}
              onChange={(memoryGiB) => change(row.key, { memoryGiB })}
              min={0.125}
              decimalScale={4}
              hideControls
              error={mark('memoryMiB')}
            />
            <Select
              {...label('accelerator')}
              data={[
                { value: none, label: t('workspaces.templates.noAccelerator') },
                ...offered,
                ...(gone
                  ? [
                      {
                        value: row.accelerator,
                        label: t('workspaces.templates.gone', { name: nameOf(row.accelerator) }),
                      },
                    ]
                  : []),
              ]}
              value={row.accelerator || none}
              onChange={(value) => change(row.key, { accelerator: value === none || !value ? '' : value })}
              allowDeselect={false}
              comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
              error={mark('accelerator')}
            />
            <NumberInput
              {...label('count')}
              value={row.accelerator === '' ? '' : row.count}
              onChange={(count) => change(row.key, { count })}
              disabled={row.accelerator === ''}
              min={1}
              max={64}
              allowDecimal={false}
              hideControls
              error={mark('accelerator/count')}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              disabled={rows.length === 1}
              aria-label={t('workspaces.templates.removeProfile', { name: row.name || index + 1 })}
              onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </div>
        )
      })}
      {error && (
        <Text size="xs" c="var(--status-bad)" role="alert">
          {error}
        </Text>
      )}
      <div>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...rows, emptyProfile(nextKey(rows))])}
        >
          {t('workspaces.templates.addProfile')}
        </Button>
      </div>
    </div>
  )
}

const nameOf = (key: string): string => (JSON.parse(key) as (string | null)[]).filter(Boolean).join(' ')
