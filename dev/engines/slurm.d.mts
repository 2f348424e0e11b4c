export type Slurm = {
  /** Of slurmrestd. */
  address: string
  version: string
  cluster: string
  jwtKeyFile: string
  adminUser: string
  broker: { url: string; secretFile: string }
  logAgent: { url: string; secretFile: string }
  /** To connect it with. */
  credential: {
    type: 'slurm_broker'
    user: string
    brokerUrl: string
    brokerSecret: string
    logAgentUrl: string
    logAgentSecret: string
  }
  env: Record<string, string>
}
type Where = { folder: string; log(line: string): void }
export function up(where: Where): Promise<Slurm | { missing: string }>
export function install(): Promise<string | null>
export function down(where: { folder: string }): Promise<void>
export function status(where: { folder: string }): Promise<Partial<Slurm> & { running: string[] }>
export function mintToken(slurm: Pick<Slurm, 'jwtKeyFile'>, username: string, seconds: number): string
export function headersFor(slurm: Pick<Slurm, 'jwtKeyFile'>, username: string, seconds?: number): Record<string, string>
export function runAs(
  slurm: Pick<Slurm, 'env'>,
  username: string,
  program: string,
  words: readonly string[],
): Promise<string>
export function ensureUser(username: string): Promise<void>
