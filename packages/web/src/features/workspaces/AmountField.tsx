import { NumberInput } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { formatMemory, formatNumber } from '../../app/format.ts'
import { readMemory, typeMemory } from '../../app/memory.ts'
import { MemoryField } from '../../ui/MemoryField.tsx'
import { memoryOutside } from './launch-values.ts'

type Props = {
  label: string
  upTo: string
  /** Where the slider is. */
  at: number
  least: number
  most: number
  step: number
  onSlide: (at: number) => void
  children: (id: string) => ReactNode
}

/** An amount within limits, to slide or to type. */
function AmountField({ label, upTo, at, least, most, step, onSlide, children }: Props) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <div className="amount-field">
      <label htmlFor={id}>
        {label} <span className="dim">{t('workspaces.launch.upTo', { most: upTo })}</span>
      </label>
      <input
        type="range"
        aria-label={t('workspaces.launch.slider', { name: label })}
        min={least}
        max={most}
        step={step}
        value={at}
        onChange={(event) => onSlide(Number(event.currentTarget.value))}
      />
      {children(id)}
    </div>
  )
}

type CoresProps = {
  value: number | string
  onChange: (value: number | string) => void
  most: number
  error: string | undefined
}

export function CoresField({ value, onChange, most, error }: CoresProps) {
  const { t } = useTranslation()
  return (
    <AmountField
      label={t('workspaces.launch.cores')}
      upTo={formatNumber(most)}
      at={Number(value)}
      least={1}
      most={most}
      step={1}
      onSlide={onChange}
    >
      {(id) => (
        <NumberInput
          id={id}
          value={value}
          onChange={onChange}
          min={1}
          max={most}
          allowNegative={false}
          allowDecimal={false}
          clampBehavior="blur"
          error={error}
        />
      )}
    </AmountField>
  )
}

type MemoryProps = { value: string; onChange: (value: string) => void; most: number; error: string | undefined }

/** `most` in MiB. It slides in halves of a GiB; what is typed is held to the last MiB. */
export function MemoryAmountField({ value, onChange, most, error }: MemoryProps) {
  const { t } = useTranslation()
  const read = readMemory(value)
  const outside = read !== null && memoryOutside(value, most)
  return (
    <AmountField
      label={t('workspaces.launch.memory')}
      upTo={formatMemory(most)}
      at={read ?? 0}
      least={512}
      most={most}
      step={512}
      onSlide={(at) => onChange(typeMemory(at))}
    >
      {(id) => (
        <MemoryField
          id={id}
          value={value}
          onChange={onChange}
          error={error ?? (outside ? t('workspaces.launch.memoryMost', { most: formatMemory(most) }) : undefined)}
        />
      )}
    </AmountField>
  )
}
