export type EditorProps = {
  label: string
  value: string
  describedBy: string
  invalid: boolean
  onChange: (script: string) => void
}
