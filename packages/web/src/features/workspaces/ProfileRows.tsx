import { ActionIcon, Button, NumberInput, Select, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { MemoryField } from '../../ui/MemoryField.tsx'
import { emptyProfile, keyOf, named, nextKey, type Place, type ProfileRow } from './template-values.ts'

const none = 'none'
/** In the order of the columns. */
const fields = ['name', 'id', 'cpus', 'memory', 'accelerator', 'count'] as const
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
        const field = (one: (typeof fields)[number], sent: string = one) => {
          const name = t(`workspaces.templates.profile.${one}`)
          const wrong = marks[`profiles/${index}/${sent}`]
          return {
            label: name,
            'aria-label': t('workspaces.templates.row', { n: index + 1, field: name }),
            // What is wrong stands below the row, where it has to say of which field it is.
            error: wrong && t('workspaces.templates.wrong', { field: name, wrong }),
            style: { '--column': fields.indexOf(one) + 1 } as CSSProperties,
          }
        }
        const gone = row.accelerator !== '' && !offered.some(({ value }) => value === row.accelerator)
        return (
          <div key={row.key} className="profile-row">
            <TextInput
              {...field('name')}
              value={row.name}
              onChange={(event) => change(row.key, named(row, event.currentTarget.value, rows))}
              maxLength={60}
              autoComplete="off"
            />
            <TextInput
              {...field('id')}
              value={row.id}
              onChange={({ currentTarget: { value: id } }) => change(row.key, { id, follows: id === '' })}
              maxLength={40}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
            />
            <NumberInput
              {...field('cpus')}
              value={row.cpus}
              onChange={(cpus) => change(row.key, { cpus })}
              min={1}
              allowDecimal={false}
              hideControls
            />
            <MemoryField
              {...field('memory', 'memoryMiB')}
              value={row.memory}
              onChange={(memory) => change(row.key, { memory })}
              bare
            />
            <Select
              {...field('accelerator')}
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
            />
            <NumberInput
              {...field('count', 'accelerator/count')}
              value={row.accelerator === '' ? '' : row.count}
              onChange={(count) => change(row.key, { count })}
              disabled={row.accelerator === ''}
              min={1}
              max={64}
              allowDecimal={false}
              hideControls
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              className="profile-end"
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
