import { NumberInput, SimpleGrid } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { TemplateValues } from './template-values.ts'

type Limits = TemplateValues['limits']
type Props = { value: Limits; onChange: (limits: Limits) => void; marks: Record<string, string> }

/** How far whoever launches may go. */
export function LimitFields({ value, onChange, marks }: Props) {
  const { t } = useTranslation()
  const number = (
    name: keyof Limits,
    sent: string,
    label: string,
    { least = 1, help, decimals = false }: { least?: number; help?: string; decimals?: boolean } = {},
  ) => (
    <NumberInput
      label={label}
      description={help}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value[name]}
      onChange={(typed) => onChange({ ...value, [name]: typed })}
      min={least}
      allowNegative={false}
      allowDecimal={decimals}
      decimalScale={4}
      hideControls
      error={marks[`limits/${sent}`]}
    />
  )
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {number('cpus', 'cpus', t('workspaces.templates.cpus'))}
      {number('memoryGiB', 'memoryMiB', t('workspaces.templates.memory'), { least: 0.125, decimals: true })}
      {number('volumeGiB', 'volumeGiB', t('workspaces.templates.volume'), {
        least: 0,
        help: t('workspaces.templates.volumeHelp'),
      })}
      {number('idleMinutes', 'idleMinutes', t('workspaces.templates.idle'), {
        least: 5,
        help: t('workspaces.templates.idleHelp'),
      })}
    </SimpleGrid>
  )
}
