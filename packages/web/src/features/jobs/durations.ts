const units = { d: 1440, h: 60, min: 1 } as const

/** How long something takes or took, in its two largest units: `45 s`, `3 h 5 min`, `2 d 4 h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  let left = Math.floor(whole / 60)
  const parts = Object.entries(units).flatMap(([unit, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count > 0 ? [`${count} ${unit}`] : []
  })
  return parts.slice(0, 2).join(' ')
}

/** As it is typed: `1:30`, `26:00`. */
export const formatHours = (minutes: number): string =>
  `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`

/**
 * Minutes out of what people type: `1:30` and `26:00` are hours and minutes, `90` are minutes, `2 h`, `45 min` and `1d` what
 * they say, `1-12:00` a day and a half. Null: not understood.
 */
export function readHours(text: string): number | null {
  const typed = text.trim().toLowerCase()
  const clock = /^(?:(\d{1,3})-)?(\d{1,4}):([0-5]\d)$/.exec(typed)
  if (clock) return Number(clock[1] ?? 0) * 1440 + Number(clock[2]) * 60 + Number(clock[3])
  const words = /^(?:(\d{1,3}) ?d)? ?(?:(\d{1,4}) ?h)? ?(?:(\d{1,6}) ?(?:m|min)?)?$/.exec(typed)
  if (typed === '' || !words) return null
  return Number(words[1] ?? 0) * 1440 + Number(words[2] ?? 0) * 60 + Number(words[3] ?? 0)
}

/** Minutes as the engine of Slurm takes them: `30`, `30:00`, `1:30:00`, `1-12`, `1-12:30`, `1-12:30:00`. Seconds count up. */
export function readSlurmTime(text: string): number | null {
  const [, days, rest = ''] = /^(?:(\d+)-)?([\d:]+)$/.exec(text.trim()) ?? []
  if (!/^\d+(:\d\d?){0,2}$/.test(rest)) return null
  const parts = rest.split(':').map(Number)
  const [hours, minutes, seconds] = (
    days !== undefined ? [...parts, 0, 0] : parts.length === 3 ? parts : [0, ...parts, 0]
  ) as [number, number, number]
  return Number(days ?? 0) * 1440 + hours * 60 + minutes + (seconds > 0 ? 1 : 0)
}
