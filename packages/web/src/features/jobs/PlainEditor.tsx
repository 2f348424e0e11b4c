import { Textarea } from '@mantine/core'

export type EditorProps = {
  label: string
  value: string
  describedBy: string
  invalid: boolean
  onChange: (script: string) => void
}

/** What one can write in before the editor is there. */
export const PlainEditor = ({ label, value, describedBy, onChange }: EditorProps) => (
  <Textarea
    aria-label={label}
    aria-describedby={describedBy}
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
    rows={12}
    spellCheck={false}
    styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', height: 260 } }}
  />
)
