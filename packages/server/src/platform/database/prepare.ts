import type { Compilable, CompiledQuery } from 'kysely'

class Place {
  readonly name: PropertyKey
  constructor(name: PropertyKey) {
    this.name = name
  }
}

/**
 * Builds a query once and answers a function that only puts values in: building costs more than running where a row is
 * looked up by its id. `place` stands for a value while it is built; the shape may not depend on values.
 *
 * @example
 * const byId = prepare((place: Places<{ id: string }>) => sqlFor.selectFrom('users').selectAll().where('id', '=', place('id')))
 * await tx.first(byId({ id }))
 */
export function prepare<Values extends object, Row>(
  build: (place: Places<Values>) => Compilable<Row>,
): (values: Values) => Compilable<Row> {
  let built: CompiledQuery<Row> | undefined
  return (values) => {
    built ??= build(((name: PropertyKey) => new Place(name)) as Places<Values>).compile()
    const parameters = built.parameters.map((value) =>
      value instanceof Place ? (values as Record<PropertyKey, unknown>)[value.name] : value,
    )
    const query = { ...built, parameters }
    return { compile: () => query }
  }
}

export type Places<Values> = <Name extends keyof Values>(name: Name) => Values[Name]
