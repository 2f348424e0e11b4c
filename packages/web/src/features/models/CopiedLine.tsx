import { CopyButton } from '../../ui/CopyButton.tsx'

/** A line to take elsewhere; `label` is what the button copies, for whoever does not see the line beside it. */
export function CopiedLine({ text, label }: { text: string; label?: string }) {
  return (
    <div className="copied-line">
      <code>{text}</code>
      <CopyButton value={text} size="compact-xs" {...(label && { 'aria-label': label })} style={{ flex: 'none' }} />
    </div>
  )
}
