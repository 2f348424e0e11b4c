/** What a node has or a job holds of one generic resource. `type` is null where it is not said. */
export type Gres = { name: string; type: string | null; count: number }

/**
 * Reads a GRES text as Slurm writes them: `gpu:4`, `gpu:h100:8(S:0-1)`, `gpu:h100:4(IDX:0-3)`, `gres:gpu:h100:2`,
 * `gres/gpu:h100=2`, `shard:8(-/5,5/5)`, lists with commas, `N/A`, `(null)`, nothing. What cannot be read is left out.
 * Source: slurm.conf(5) and gres.conf(5), and what slurmrestd 22.05 to 25.11 was seen to answer.
 */
export function readGres(text: string | null | undefined): Gres[] {
  if (!text) return []
  // Commas within parentheses are no ends of an entry.
  return text
    .replace(/\([^()]*\)/g, '')
    .split(',')
    .flatMap((entry) => {
      const match = /^(?:gres[:/])?([a-z_]\w*)(?:[:](.+?))??(?:[:=](\d+)([KMG]?))?$/i.exec(entry.trim())
      if (!match?.[1] || /^(N\/A|null)$/i.test(entry.trim())) return []
      const [, name, type = null, count = '1', unit = ''] = match
      return [{ name: name.toLowerCase(), type, count: Number(count) * (units[unit.toUpperCase()] ?? 1) }]
    })
}

const units: Record<string, number> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** GPUs by model. Shards are another view of the same devices: never counted. */
export function gpusOf(text: string | null | undefined): Map<string, number> {
  const byModel = new Map<string, number>()
  for (const { name, type, count } of readGres(text)) {
    if (name === 'gpu' && count > 0) byModel.set(type ?? '', (byModel.get(type ?? '') ?? 0) + count)
  }
  return byModel
}

/** A MIG slice is a type such as `a100_3g.20gb`, a substring of the driver's name for it (gres.conf(5)). */
export function readModel(type: string): { model: string; profile: string | null } {
  const match = /^(.*?)[_-]?((?<!\d)\d+g\.\d+gb(?:\+me|\.me)?)$/i.exec(type)
  if (match) return { model: match[1] || 'GPU', profile: match[2] ?? null }
  return { model: type || 'GPU', profile: null }
}

/** GPUs of a TRES text, which says those of a model twice: `gres/gpu=2,gres/gpu:h100=2`. */
export function gpusOfTres(text: string): Map<string, number> {
  const byModel = gpusOf(text)
  if (byModel.size > 1) byModel.delete('')
  return byModel
}
