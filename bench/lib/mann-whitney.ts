/**
 * Two-sided p of the Mann-Whitney U test, by the normal approximation with correction for ties: how likely two samples
 * of one and the same distribution differ as much as these. For samples of 20 and more.
 */
export function mannWhitney(a: number[], b: number[]): number {
  const all = [...a.map((value) => ({ value, of: 0 })), ...b.map((value) => ({ value, of: 1 }))].sort(
    (x, y) => x.value - y.value,
  )
  let rankSum = 0
  let ties = 0
  for (let start = 0; start < all.length; ) {
    let end = start
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1
    const rank = (start + end + 1) / 2
    const size = end - start
    ties += size ** 3 - size
    for (let index = start; index < end; index += 1) if (all[index]?.of === 0) rankSum += rank
    start = end
  }
  const [n, m] = [a.length, b.length]
  const total = n + m
  const u = rankSum - (n * (n + 1)) / 2
  const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))))
  const z = (Math.abs(u - (n * m) / 2) - 0.5) / deviation
  return 2 * (1 - normal(Math.max(0, z)))
}

// Abramowitz and Stegun 26.2.17: within 7.5e-8.
function normal(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * z)
  const tail =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail
}
