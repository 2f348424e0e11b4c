export type PlaygroundSearch = { model?: string }
/** The models to begin with: ids, separated by commas. */
export const readPlaygroundSearch = ({ model }: Record<string, unknown>): PlaygroundSearch =>
  typeof model === 'string' && model !== '' ? { model } : {}
