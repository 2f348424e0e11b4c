export type Place = { where: string; account: string; qos: string }
export type PlaceField = keyof Place
export const placeFields = ['where', 'account', 'qos'] as const satisfies readonly PlaceField[]

/**
 * Chooses one of the three, and puts right what of the other two does not go with it: whichever combination differs least;
 * of several, the one that comes first. `repaired` are those that were put right.
 */
export function choosePlace(
  combinations: readonly Place[],
  current: Place,
  change: Partial<Place>,
): { place: Place; repaired: PlaceField[] } {
  const wanted = { ...current, ...change }
  const changed = Object.keys(change) as PlaceField[]
  const kept = placeFields.filter((field) => !changed.includes(field))
  const same = (one: Place, fields: readonly PlaceField[]) => fields.filter((field) => one[field] === wanted[field])
  // Of what is changed as much as there is, then of what was there.
  const rank = (one: Place) => same(one, changed).length * placeFields.length + same(one, kept).length
  const [first] = combinations
  if (!first) return { place: wanted, repaired: [] }
  const place = combinations.reduce((best, one) => (rank(one) > rank(best) ? one : best), first)
  return { place, repaired: kept.filter((field) => current[field] !== '' && place[field] !== current[field]) }
}

/** What can be chosen of one of the three: first what goes with the other two, then what would change them. */
export function optionsOf(
  combinations: readonly Place[],
  current: Place,
  field: PlaceField,
): { fitting: string[]; others: string[] } {
  const rest = placeFields.filter((other) => other !== field)
  const all = [...new Set(combinations.map((one) => one[field]))]
  const fits = (value: string) =>
    combinations.some((one) => one[field] === value && rest.every((other) => one[other] === current[other]))
  return { fitting: all.filter(fits), others: all.filter((value) => !fits(value)) }
}
