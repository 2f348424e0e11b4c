/** Somebody as the server tells of them: of who is deleted or has no name, there is the user name. */
export type Named = { username: string; name: string | null }

/** “Bob Builder”. */
export const callName = ({ username, name }: Named): string => name ?? username

/** “Bob Builder (bob)”: where it matters which of two it is. */
export const callWhole = ({ username, name }: Named): string =>
  name === null || name === username ? username : `${name} (${username})`
