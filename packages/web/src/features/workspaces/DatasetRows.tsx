import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { type DatasetRow, nextKey } from './template-values.ts'

type Props = { rows: DatasetRow[]; onChange: (rows: DatasetRow[]) => void; marks: Record<string, string> }

/** Datasets by the name that people see, and where the engine has them. */
export function DatasetRows({ rows, onChange, marks }: Props) {
  const { t } = useTranslation()
  const change = (key: number, part: Partial<DatasetRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  return (
    <div className="rows">
      {rows.map((row, index) => (
        <div key={row.key} className="pair-row">
          <TextInput
            aria-label={t('workspaces.templates.datasetName', { n: index + 1 })}
            placeholder="imagenet"
            value={row.name}
            onChange={(event) => change(row.key, { name: event.currentTarget.value })}
            maxLength={40}
            autoComplete="off"
            autoCapitalize="none"
            error={marks[`datasets/${index}/name`]}
          />
          <TextInput
            aria-label={t('workspaces.templates.datasetSource', { n: index + 1 })}
            placeholder="/data/imagenet"
            value={row.source}
            onChange={(event) => change(row.key, { source: event.currentTarget.value })}
            maxLength={500}
            autoComplete="off"
            spellCheck={false}
            error={marks[`datasets/${index}/source`]}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={t('workspaces.templates.removeDataset', { name: row.name || index + 1 })}
            onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...rows, { key: nextKey(rows), name: '', source: '' }])}
        >
          {t('workspaces.templates.addDataset')}
        </Button>
      </div>
    </div>
  )
}
