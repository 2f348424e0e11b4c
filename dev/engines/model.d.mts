export type ModelOptions = {
  /** Another seed is another model. 1 where none is given. */
  seed?: number
  /** What it is called in requests: `tiny` where nothing is given. */
  name?: string
  port?: number
  /** Where one is given, it asks for it. */
  apiKey?: string
  /** Both PEM. */
  tls?: { key: string; cert: string }
  /** Milliseconds before each token. */
  slow?: number
  /** How many are answered at once; the others wait. 4 where nothing is given. */
  slots?: number
}
export type RunningModel = {
  /** The base of its interface, with `/v1`. */
  url: string
  pid: number
  /** How many requests it is answering, or has waiting. */
  requests(): Promise<number>
  /** How many tokens it has generated so far. */
  tokens(): Promise<number>
  stop(): Promise<void>
}
type Where = { folder: string; log(line: string): void }
type Up = { address: string; model: string }
export const cache: string
export function install(): Promise<string | null>
export function startModel(options?: ModelOptions): Promise<RunningModel>
export function up(where: Where): Promise<Up | { missing: string }>
export function down(where: { folder: string }): Promise<void>
export function status(where: { folder: string }): Promise<Partial<Up> & { running: string[] }>
