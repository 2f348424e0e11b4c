export type Kubernetes = { address: string; token: string; ca: string; version: string; kubeconfig: string }
type Where = { folder: string; log(line: string): void }
export const cache: string
export function up(where: Where): Promise<Kubernetes | { missing: string }>
export function down(where: { folder: string }): Promise<void>
export function install(): Promise<string | null>
export function build(where: { log(line: string): void }): Promise<{ built: string } | { missing: string }>
export function status(where: { folder: string }): Promise<Partial<Kubernetes> & { running: string[] }>
