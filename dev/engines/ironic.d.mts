export type Ironic = { address: string; version: string; apiVersion: string; nodes: Record<string, string> }
type Where = { folder: string; log(line: string): void }
export function up(where: Where): Promise<Ironic | { missing: string }>
export function install(): Promise<string | null>
export function down(where: { folder: string }): Promise<void>
export function status(where: { folder: string }): Promise<Partial<Ironic> & { running: string[] }>
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever Ironic answers
export function ask(address: string, method: string, path: string, body?: unknown): Promise<any>
