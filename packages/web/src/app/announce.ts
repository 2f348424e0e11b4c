type Listener = (text: string) => void
const listeners = new Set<Listener>()

/** Says something, politely, to those who hear the page: what one would otherwise only see. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text)
}

export function onAnnounce(listener: Listener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
