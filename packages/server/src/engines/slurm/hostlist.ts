/** More names than any cluster has: a list that claims more is not expanded. */
const most = 100_000

/** The names of a host list such as `gpu[1-2,05-07]-n,cpu1` (Slurm's hostlist notation, scontrol(1) "show hostnames"). */
export function expandHosts(list: string): string[] {
  const names: string[] = []
  for (const [entry] of list.matchAll(/[^,[]*(?:\[[^[\]]*\][^,[]*)*/g)) {
    if (entry === '') continue
    const expanded = expandEntry(entry)
    if (names.length + expanded.length > most) return names
    names.push(...expanded)
  }
  return names
}

function expandEntry(entry: string): string[] {
  const match = /^([^[]*)\[([^\]]*)\](.*)$/.exec(entry)
  if (!match) return [entry]
  const [, before = '', ranges = '', rest = ''] = match
  const ends = expandEntry(rest)
  const middles = ranges.split(',').flatMap((range) => {
    const [from = '', to = from] = range.split('-')
    const count = Number(to) - Number(from) + 1
    if (!(count >= 1 && count <= most)) return [range]
    return Array.from({ length: count }, (_, index) => String(Number(from) + index).padStart(from.length, '0'))
  })
  return middles.flatMap((middle) => ends.map((end) => before + middle + end))
}
