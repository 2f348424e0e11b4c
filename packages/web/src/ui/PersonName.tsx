import { callName, callWhole, type Named } from './person.ts'

/** Somebody by name, with the user name beside it, or below it in a table; the user name alone where there is no name. */
export function PersonName({ person }: { person: Named }) {
  const { username, name } = person
  return (
    // Whole on hover: a column may have to cut it.
    <span className="person" title={callWhole(person)}>
      <bdi>{callName(person)}</bdi>
      {name !== null && name !== username && (
        <>
          {' '}
          <bdi className="dim">{username}</bdi>
        </>
      )}
    </span>
  )
}
