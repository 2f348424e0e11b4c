/** More tasks than any cluster lets an array have. */
const most = 4_000_000

/** How many tasks are meant by `5-9%2`, `0-99:10` or `1,3,7-9`: numbers and ranges, and how many at a time, which is no number. */
export function countTasks(text: string | null): number {
  if (!text) return 0
  let count = 0
  for (const part of text.replace(/%.*$/, '').split(',')) {
    const [, from = '', to = from, step = '1'] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part.trim()) ?? []
    const size = Math.floor((Number(to) - Number(from)) / Math.max(1, Number(step))) + 1
    if (from !== '' && size > 0) count += size
  }
  return Math.min(count, most)
}

/** Tasks that accounting of 22.05 says as a mask of bits, `0x3FC`, the lowest of them task 0: `2-9`. Else as they came. */
export function readMask(text: string): string {
  const digits = /^0x([0-9a-f]{1,25000})$/i.exec(text)?.[1]
  if (digits === undefined) return text
  const ranges: string[] = []
  let from = -1
  const close = (end: number) => {
    if (from >= 0) ranges.push(from === end - 1 ? `${from}` : `${from}-${end - 1}`)
    from = -1
  }
  for (let bit = 0; bit < digits.length * 4; bit++) {
    const digit = Number.parseInt(digits[digits.length - 1 - (bit >> 2)] as string, 16)
    if ((digit >> (bit & 3)) & 1) {
      if (from < 0) from = bit
    } else close(bit)
  }
  close(digits.length * 4)
  return ranges.join(',')
}
