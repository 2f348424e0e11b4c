import { NumberInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'

type Props = {
  label: string
  value: number | string
  onChange: (value: number | string) => void
  least: number
  most: number
  step?: number
  decimals?: boolean
  error?: string | undefined
}

/** A number within limits, to slide or to type. */
export function AmountField({ label, value, onChange, least, most, step = 1, decimals = false, error }: Props) {
  const { t } = useTranslation()
  return (
    <div className="amount-field">
      <input
        type="range"
        aria-label={t('workspaces.launch.slider', { name: label })}
        min={least}
        max={most}
        step={step}
        value={Number(value)}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
      <NumberInput
        label={label}
        description={t('workspaces.launch.upTo', { most: formatNumber(most) })}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={value}
        onChange={onChange}
        min={least}
        max={most}
        step={step}
        allowNegative={false}
        allowDecimal={decimals}
        decimalScale={decimals ? 3 : 0}
        clampBehavior="blur"
        error={error}
      />
    </div>
  )
}
