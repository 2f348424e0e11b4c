import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choosePlace, optionsOf, type Place, placeFields } from './choose-place.ts'

const combinations: Place[] = [
  { where: 'gpu', account: 'physics', qos: 'normal' },
  { where: 'gpu', account: 'physics', qos: 'high' },
  { where: 'cpu', account: 'physics', qos: 'normal' },
  { where: 'cpu', account: 'guests', qos: 'low' },
]
const here = { where: 'gpu', account: 'physics', qos: 'high' }

test('choosing one puts right what does not go with it, and nothing else', () => {
  expect(choosePlace(combinations, here, { where: 'cpu' })).toEqual({
    place: { where: 'cpu', account: 'physics', qos: 'normal' },
    repaired: ['qos'],
  })
  expect(choosePlace(combinations, here, { account: 'guests' })).toEqual({
    place: { where: 'cpu', account: 'guests', qos: 'low' },
    repaired: ['where', 'qos'],
  })
  expect(choosePlace(combinations, here, { qos: 'normal' })).toEqual({
    place: { ...here, qos: 'normal' },
    repaired: [],
  })
})

test('what can be chosen: first what goes with the rest', () => {
  expect(optionsOf(combinations, here, 'qos')).toEqual({ fitting: ['normal', 'high'], others: ['low'] })
  expect(optionsOf(combinations, here, 'where')).toEqual({ fitting: ['gpu'], others: ['cpu'] })
})

test('whatever is chosen, the engine takes it', () => {
  const name = fc.constantFrom('a', 'b', 'c', '')
  const place = fc.record({ where: name, account: name, qos: name })
  fc.assert(
    fc.property(
      fc.array(place, { minLength: 1, maxLength: 8 }),
      place,
      fc.constantFrom(...placeFields),
      fc.nat(),
      (all, now, field, n) => {
        const value = all[n % all.length]?.[field] ?? ''
        const { place } = choosePlace(all, now, { [field]: value })
        expect(all).toContainEqual(place)
        expect(place[field]).toBe(value)
      },
    ),
  )
})
