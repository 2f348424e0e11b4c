const units = { m: 1, g: 1024, t: 1024 ** 2 } as const

/**
 * MiB out of what people type: `200M`, `200 MiB`, `16G`, `16 GiB`, `1.5T`. A number alone is GiB, and `MB` and `GB` are powers of
 * 1024 as well, as Slurm takes them. Null: not understood.
 */
export function readMemory(text: string): number | null {
  const [, amount, unit = 'g'] =
    /^(\d{1,9}(?:\.\d{1,6})?|\.\d{1,6}) ?(?:([mgt])(?:i?b|i)?)?$/.exec(text.trim().toLowerCase()) ?? []
  return amount === undefined ? null : Math.round(Number(amount) * units[unit as keyof typeof units])
}

/** The same where empty is without a limit: null for that, undefined for what is not understood. */
export const readMemoryLimit = (text: string): number | null | undefined =>
  text.trim() === '' ? null : (readMemory(text) ?? undefined)

/** MiB as they are typed, to the last one: `200 MiB`, `1.5 GiB`. What this writes is read as the same. */
export function typeMemory(mebibytes: number): string {
  // In eighths a decimal is exact, and short enough.
  for (const [unit, size] of [
    ['TiB', units.t],
    ['GiB', units.g],
  ] as const)
    if (mebibytes >= size && mebibytes % (size / 8) === 0) return `${mebibytes / size} ${unit}`
  return `${mebibytes} MiB`
}
