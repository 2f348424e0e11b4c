import { NumberInput, SimpleGrid } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { MemoryField } from '../../ui/MemoryField.tsx'
import { Optional } from '../../ui/Optional.tsx'
import type { TemplateValues } from './template-values.ts'

type Limits = TemplateValues['limits']
type Props = { value: Limits; onChange: (limits: Limits) => void; marks: Record<string, string> }

/** How far whoever launches may go. */
export function LimitFields({ value, onChange, marks }: Props) {
  const { t } = useTranslation()
  const number = (
    name: Exclude<keyof Limits, 'memory'>,
    sent: string,
    label: ReactNode,
    { least = 1, help }: { least?: number; help?: string } = {},
  ) => (
    <NumberInput
      label={label}
      description={help}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value[name]}
      onChange={(typed) => onChange({ ...value, [name]: typed })}
      min={least}
      allowNegative={false}
      allowDecimal={false}
      hideControls
      error={marks[`limits/${sent}`]}
    />
  )
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {number('cpus', 'cpus', t('workspaces.templates.cpus'))}
      <MemoryField
        label={t('workspaces.templates.memory')}
        value={value.memory}
        onChange={(memory) => onChange({ ...value, memory })}
        error={marks['limits/memoryMiB']}
      />
      {number('volumeGiB', 'volumeGiB', t('workspaces.templates.volume'), {
        least: 0,
        help: t('workspaces.templates.volumeHelp'),
      })}
      {number('idleMinutes', 'idleMinutes', <Optional>{t('workspaces.templates.idle')}</Optional>, {
        least: 5,
        help: t('workspaces.templates.idleHelp'),
      })}
    </SimpleGrid>
  )
}
