import { NumberInput } from '@mantine/core'
import { useId } from 'react'
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
  const id = useId()
  return (
    <div className="amount-field">
      <label htmlFor={id}>
        {label} <span className="dim">{t('workspaces.launch.upTo', { most: formatNumber(most) })}</span>
      </label>
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
        id={id}
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
