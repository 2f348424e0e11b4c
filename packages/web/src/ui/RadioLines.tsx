import { useId } from 'react'

type Props<Value extends string> = {
  legend: string
  value: Value
  onChange: (value: Value) => void
  options: { value: Value; label: string; help?: string }[]
  disabled?: boolean
}

/** A choice of a few, each on a line of its own with what it means: radio buttons of the browser's own. */
export function RadioLines<Value extends string>({ legend, value, onChange, options, disabled }: Props<Value>) {
  const id = useId()
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }} disabled={disabled}>
      <legend
        style={{ padding: 0, marginBottom: 6, fontSize: 'var(--mantine-font-size-sm)', overflowWrap: 'anywhere' }}
      >
        {legend}
      </legend>
      {options.map((option) => (
        <label key={option.value} style={{ display: 'flex', gap: 8, padding: '3px 0' }}>
          <input
            type="radio"
            name={id}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            style={{
              flex: 'none',
              width: 16,
              height: 16,
              margin: '2px 0 0',
              accentColor: 'var(--mantine-primary-color-filled)',
            }}
          />
          <span style={{ fontSize: 'var(--mantine-font-size-sm)' }}>
            {option.label}
            {option.help && (
              <span className="dim" style={{ display: 'block' }}>
                {option.help}
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
