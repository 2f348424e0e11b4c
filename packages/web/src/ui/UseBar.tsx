/** How much of something is used: full, taken by others (striped), free. The figures stand beside it in words. */
export function UseBar({ used, free, total }: { used: number; free: number; total: number }) {
  const share = (part: number) => `${total > 0 ? Math.min(100, (part / total) * 100) : 0}%`
  return (
    <span className="use-bar" aria-hidden="true">
      <span style={{ width: share(used) }} data-part="used" />
      <span style={{ width: share(Math.max(0, total - used - free)) }} data-part="others" />
    </span>
  )
}
