import type { Compilable, CompiledQuery } from 'kysely'

const preparedAs = Symbol('prepared as')
let prepared = 0

class Place {
  readonly name: PropertyKey
  constructor(name: PropertyKey) {
    this.name = name
  }
}

/**
 * Builds a query once and answers a function that only puts values in; every connection prepares it once, too. Building
 * and planning cost more than running where a row is looked up by its id. Only for what has one good plan whatever the
 * values: a list of a tenant's users has not, since tenants differ in size by orders of magnitude. `place` stands for a
 * value while the query is built; its shape may not depend on values.
 *
 * @example
 * const byId = prepare((place: Places<{ id: string }>) => sqlFor.selectFrom('users').selectAll().where('id', '=', place('id')))
 * await tx.first(byId({ id }))
 */
export function prepare<Values extends object, Row>(
  build: (place: Places<Values>) => Compilable<Row>,
): (values: Values) => Compilable<Row> {
  let built: CompiledQuery<Row> | undefined
  prepared += 1
  const name = `q${prepared}`
  return (values) => {
    built ??= build(((name: PropertyKey) => new Place(name)) as Places<Values>).compile()
    const parameters = built.parameters.map((value) =>
      value instanceof Place ? (values as Record<PropertyKey, unknown>)[value.name] : value,
    )
    const query = { ...built, parameters, [preparedAs]: name }
    return { compile: () => query }
  }
}

export type Places<Values> = <Name extends keyof Values>(name: Name) => Values[Name]

/** Under which name a connection keeps the statement; undefined for one that was not prepared. */
export const nameOf = (query: object): string | undefined => (query as { [preparedAs]?: string })[preparedAs]
