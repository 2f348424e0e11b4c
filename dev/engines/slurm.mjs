import { createHmac, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { debian } from '../../scripts/lib/debian.mjs'
import { command, daemon, endAll, eventually, freePorts, keepState, running, stateOf } from './lib/daemons.mjs'
import { cgroupConf, gresConf, slurmConf, slurmdbdConf } from './slurm-files.mjs'
import { endJobs, makeMemoryGroup, removeMemoryGroup } from './slurm-memory.mjs'
import { startServices } from './slurm-services.mjs'

const packages = [
  ...['slurmctld', 'slurmd', 'slurmdbd', 'slurmrestd', 'slurm-client', 'slurm-wlm-basic-plugins'],
  ...['slurm-wlm-jwt-plugin', 'slurm-wlm-mysql-plugin', 'munge', 'mariadb-server'],
]
const programs = ['slurmctld', 'slurmd', 'slurmdbd', 'slurmrestd', 'munged', 'mariadbd'].map(
  (name) => `/usr/sbin/${name}`,
)
const nodes = ['gpu1', 'gpu2', 'cpu1']
// `high` is for one account, so that not every choice of an account and a QOS is one.
const accounting = [
  'add qos high priority=100',
  'add account acme parent=root description=acme qos=normal,high defaultqos=normal',
  'add account acme-research parent=acme description=acme-research qos=normal',
  'add account globex parent=root description=globex',
]
// slurmrestd refuses root and SlurmUser.
const restUser = 'nobody'

/**
 * Brings a whole cluster up on loopback, or answers the one that is there: what a program needs to talk to it. Throws with
 * the end of a log; answers `{ missing }` where Slurm cannot be had.
 */
export async function up({ folder, log }) {
  const before = stateOf(folder)
  if (before && running(folder).length >= 7 + nodes.length) return before
  const missing = await install()
  if (missing) return { missing }
  await down({ folder })
  const [mariadb, slurmdbd, slurmctld, slurmrestd, gpu1, gpu2, cpu1, broker, logAgent] = await freePorts(9)
  const ports = { mariadb, slurmdbd, slurmctld, slurmrestd, gpu1, gpu2, cpu1, broker, logAgent }
  const setting = { folder, cluster: 'tenantry', ports, memory: makeMemoryGroup(folder) }
  const env = { SLURM_CONF: join(folder, 'slurm.conf') }
  try {
    await prepare(setting)
    log('starting munge, MariaDB, slurmdbd, slurmctld, slurmd and slurmrestd')
    await startMunge(folder)
    await startMariadb(folder, mariadb)
    daemon(folder, 'slurmdbd', '/usr/sbin/slurmdbd', ['-D'], { user: 'slurm', env })
    await eventually('slurmdbd does not answer', folder, 'slurmdbd.log', 30, () =>
      command('sacctmgr', ['-i', 'add', 'cluster', setting.cluster], { env }).catch((error) => {
        if (!/already exists/.test(error.message)) throw error
      }),
    )
    const [services] = await Promise.all([
      startServices(setting),
      command('sacctmgr', ['-i', '-Q'], { env, input: accounting.join('\n') }),
    ])
    daemon(folder, 'slurmctld', '/usr/sbin/slurmctld', ['-D'], { user: 'slurm', env })
    for (const node of nodes) daemon(folder, `slurmd-${node}`, '/usr/sbin/slurmd', ['-D', '-N', node], { env })
    daemon(folder, 'slurmrestd', '/usr/sbin/slurmrestd', ['-a', 'rest_auth/jwt', `127.0.0.1:${slurmrestd}`], {
      user: restUser,
      env: { ...env, SLURM_JWT: 'daemon' },
    })
    const state = {
      address: `http://127.0.0.1:${slurmrestd}`,
      version: (await command('/usr/sbin/slurmctld', ['-V'])).trim().replace('slurm-wlm ', ''),
      cluster: setting.cluster,
      jwtKeyFile: join(folder, 'jwt.key'),
      adminUser: 'slurm',
      ...services,
      env,
    }
    await eventually('the nodes do not come up', folder, 'slurmctld.log', 40, async () => {
      const states = await command('sinfo', ['-h', '-N', '-o', '%N %t'], { env })
      if (!nodes.every((node) => states.includes(`${node} idle`))) throw new Error(states)
    })
    await eventually('slurmrestd does not answer', folder, 'slurmrestd', 20, async () => {
      const response = await fetch(`${state.address}/slurm/v0.0.38/ping`, { headers: headersFor(state, 'slurm') })
      if (!response.ok) throw new Error(`it answers ${response.status}`)
    })
    return keepState(folder, state)
  } catch (error) {
    await down({ folder })
    throw error
  }
}

/** Installs what is missing. Answers null, or why Slurm cannot be had here. */
export async function install() {
  if (process.getuid?.() !== 0) return 'Slurm runs as several users: it needs root to start.'
  if (programs.every(existsSync)) return null
  const refusal = await debian(packages)
  if (refusal || !programs.every(existsSync)) return `Slurm is missing: ${refusal ?? 'its packages hold it elsewhere.'}`
  return null
}

export async function down({ folder }) {
  endJobs(folder)
  await endAll(folder)
  endJobs(folder)
  await removeMemoryGroup(folder)
}

export const status = async ({ folder }) => ({ ...stateOf(folder), running: running(folder).map(({ name }) => name) })

/** A token for a user of the cluster, as its own key signs it (HS256). `seconds` long. */
export function mintToken({ jwtKeyFile }, username, seconds) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iat: now, exp: now + seconds, sun: username })}`
  return `${text}.${createHmac('sha256', readFileSync(jwtKeyFile)).update(text).digest('base64url')}`
}

export const headersFor = (state, username, seconds = 300) => ({
  'X-SLURM-USER-NAME': username,
  'X-SLURM-USER-TOKEN': mintToken(state, username, seconds),
})

/** Runs a command of Slurm's as a user of the cluster, for whom there is an account on this machine from then on. */
export async function runAs(state, username, program, words) {
  await ensureUser(username)
  return command(program, words, { user: username, env: { ...state.env, HOME: '/tmp' }, cwd: '/tmp' })
}

/** Jobs run as users of the machine, and write to their homes. Who is there already is not changed. */
export async function ensureUser(username) {
  await command('id', [username]).catch(() =>
    command('useradd', ['--create-home', '--key', 'HOME_MODE=0700', '--shell', '/bin/sh', username]).catch((error) => {
      if (!/already exists/.test(error.message)) throw error
    }),
  )
  const home = (await command('getent', ['passwd', username])).split(':')[5]
  if (existsSync(home)) return
  mkdirSync(home, { mode: 0o700, recursive: true })
  await command('chown', [`${username}:`, home])
}

async function prepare({ folder, ...setting }) {
  for (const part of ['log', 'munge', 'state', 'mariadb', ...nodes.map((node) => `spool-${node}`)]) {
    mkdirSync(join(folder, part), { recursive: true })
  }
  // Other users pass through, and read nothing.
  for (let path = folder; path !== '/' && (statSync(path).mode & 0o001) === 0; path = dirname(path)) {
    chmodSync(path, (statSync(path).mode & 0o777) | 0o011)
  }
  mkdirSync(join(folder, 'cgroup'), { recursive: true })
  if (setting.memory) symlinkSync(setting.memory, join(folder, 'cgroup', 'memory'))
  const write = (name, text, mode) => writeFileSync(join(folder, name), text, { mode })
  write('slurm.conf', slurmConf({ folder, ...setting }), 0o644)
  write('gres.conf', gresConf(), 0o644)
  write('cgroup.conf', cgroupConf({ folder, ...setting }), 0o644)
  write('slurmdbd.conf', slurmdbdConf({ folder, ...setting }), 0o600)
  write('jwt.key', randomBytes(32), 0o600)
  write('munge/munge.key', randomBytes(128), 0o600)
  chmodSync(join(folder, 'log'), 0o777)
  await command('chown', ['slurm:slurm', ...['state', 'slurmdbd.conf', 'jwt.key'].map((name) => join(folder, name))])
  await command('chown', ['slurm:slurm', folder])
  await command('chown', ['-R', 'munge:munge', join(folder, 'munge')])
  await command('chown', ['-R', 'mysql:mysql', join(folder, 'mariadb')])
  chmodSync(join(folder, 'munge'), 0o755)
}

async function startMunge(folder) {
  const at = (name) => join(folder, 'munge', name)
  daemon(
    folder,
    'munged',
    '/usr/sbin/munged',
    [
      '-F',
      '--force',
      `--socket=${at('munge.socket')}`,
      `--key-file=${at('munge.key')}`,
      `--pid-file=${at('munged.pid')}`,
      `--log-file=${at('munged.log')}`,
      `--seed-file=${at('munged.seed')}`,
    ],
    { user: 'munge' },
  )
  await eventually('munged does not answer', folder, 'munged', 10, () =>
    command('munge', ['-n', '-S', at('munge.socket')]),
  )
}

async function startMariadb(folder, port) {
  const data = join(folder, 'mariadb')
  const words = ['--no-defaults', `--datadir=${data}`, `--socket=${data}/mysql.sock`]
  await command('mariadb-install-db', [
    ...words,
    '--user=mysql',
    '--auth-root-authentication-method=socket',
    '--skip-test-db',
  ])
  // Thrown away at the end, so nothing has to reach the disk.
  const light = [
    '--innodb-buffer-pool-size=64M',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-lock-wait-timeout=900',
  ]
  daemon(
    folder,
    'mariadb',
    '/usr/sbin/mariadbd',
    [...words, ...light, `--port=${port}`, '--bind-address=127.0.0.1', '--pid-file=mariadb.pid'],
    { user: 'mysql' },
  )
  const grant = `create user slurm@'127.0.0.1' identified by 'loopback-only'; create user slurm@localhost identified by 'loopback-only';
    grant all on slurm_acct_db.* to slurm@'127.0.0.1'; grant all on slurm_acct_db.* to slurm@localhost`
  await eventually('MariaDB does not answer', folder, 'mariadb', 30, () =>
    command('mariadb', ['--no-defaults', `--socket=${data}/mysql.sock`, '-u', 'root', '-e', grant]),
  )
}
