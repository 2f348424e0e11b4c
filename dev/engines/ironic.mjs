import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debian } from '../../scripts/lib/debian.mjs'
import { command, daemon, endAll, eventually, freePorts, keepState, running, stateOf } from './lib/daemons.mjs'

const programs = ['/usr/bin/ironic-api', '/usr/bin/ironic-conductor']
const version = { 'X-OpenStack-Ironic-API-Version': '1.80', 'content-type': 'application/json' }

/** The machines there are, by name: how far they are taken, whose they are, and what is odd about them. */
const machines = [
  { name: 'bm-1', lessee: 'acme', until: 'active' },
  { name: 'bm-2', lessee: 'acme', until: 'active', off: true },
  { name: 'bm-3', lessee: 'acme', until: 'available' },
  { name: 'bm-4', lessee: 'globex', until: 'active' },
  { name: 'bm-5', lessee: 'globex', until: 'active', maintenance: 'a fan is being replaced' },
  { name: 'bm-6', lessee: null, until: 'available' },
]

/**
 * Brings Ironic up on loopback with hardware that is made up, or answers the one that is there. Throws with the end of a log;
 * answers `{ missing }` where it cannot be had.
 */
export async function up({ folder, log }) {
  const before = stateOf(folder)
  if (before && running(folder).length >= 2) return before
  const missing = await install()
  if (missing) return { missing }
  await endAll(folder)
  mkdirSync(folder, { recursive: true })
  const [api, rpc] = await freePorts(2)
  const file = join(folder, 'ironic.conf')
  writeFileSync(file, configuration({ folder, api, rpc }))
  try {
    log('making the database of Ironic')
    await command('ironic-dbsync', ['--config-file', file, 'create_schema'])
    log('starting ironic-conductor and ironic-api')
    daemon(folder, 'conductor', '/usr/bin/ironic-conductor', ['--config-file', file])
    daemon(folder, 'api', '/usr/bin/ironic-api', ['--config-file', file])
    const address = `http://127.0.0.1:${api}`
    await eventually('Ironic does not answer', folder, 'api', 60, () => ask(address, 'GET', '/v1/nodes'))
    await eventually('no conductor is there', folder, 'conductor', 60, async () => {
      const { drivers } = await ask(address, 'GET', '/v1/drivers')
      if (drivers.length === 0) throw new Error('no driver')
    })
    log('taking machines to their states')
    const nodes = Object.fromEntries(
      await Promise.all(machines.map(async (machine) => [machine.name, await enroll(address, machine)])),
    )
    return keepState(folder, { address, version: '21.4', apiVersion: '1.80', nodes })
  } catch (error) {
    await endAll(folder)
    throw error
  }
}

/** Installs what is missing. Answers null, or why Ironic cannot be had here. */
export async function install() {
  if (programs.every(existsSync)) return null
  const refusal = await debian(['ironic-api', 'ironic-conductor'])
  if (refusal || !programs.every(existsSync))
    return `Ironic is missing: ${refusal ?? 'its packages hold it elsewhere.'}`
  return null
}

export const down = ({ folder }) => endAll(folder)

export const status = async ({ folder }) => ({ ...stateOf(folder), running: running(folder).map(({ name }) => name) })

/** Asks Ironic and answers JSON, or nothing where it answers nothing. Throws on a refusal. */
export async function ask(address, method, path, body) {
  const response = await fetch(address + path, {
    method,
    headers: version,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`)
  return text === '' ? undefined : JSON.parse(text)
}

async function enroll(address, { name, lessee, until, off, maintenance }) {
  const { uuid } = await ask(address, 'POST', '/v1/nodes', {
    name,
    driver: 'fake-hardware',
    resource_class: 'gpu-h100',
    properties: { cpus: 128, memory_mb: 1_048_576, local_gb: 7_680, cpu_arch: 'x86_64' },
    extra: { gpus: [{ model: 'h100', count: 8 }] },
    ...(lessee && { lessee }),
  })
  await provision(address, uuid, 'manage', 'manageable')
  await provision(address, uuid, 'provide', 'available')
  if (until === 'active') {
    await ask(address, 'PATCH', `/v1/nodes/${uuid}`, [
      { op: 'add', path: '/instance_info', value: { image_source: 'http://127.0.0.1/none' } },
    ])
    await provision(address, uuid, 'active', 'active')
    await power(address, uuid, off ? 'power off' : 'power on')
  }
  if (maintenance) await ask(address, 'PUT', `/v1/nodes/${uuid}/maintenance`, { reason: maintenance })
  return uuid
}

async function provision(address, uuid, target, reached) {
  await retryWhileLocked(() => ask(address, 'PUT', `/v1/nodes/${uuid}/states/provision`, { target }))
  await untilNode(address, uuid, ({ provision_state: state }) => state === reached)
}

async function power(address, uuid, target) {
  await retryWhileLocked(() => ask(address, 'PUT', `/v1/nodes/${uuid}/states/power`, { target }))
  await untilNode(address, uuid, (node) => node.power_state === target && !node.target_power_state)
}

async function untilNode(address, uuid, reached) {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const node = await ask(address, 'GET', `/v1/nodes/${uuid}`)
    if (reached(node)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the machine ${uuid} does not get there`)
}

/** A conductor works on one thing of a machine at a time. */
async function retryWhileLocked(work) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt > 50 || !/ 409 /.test(error.message)) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

const configuration = ({ folder, api, rpc }) => `[DEFAULT]
auth_strategy = noauth
rpc_transport = json-rpc
host = localhost
my_ip = 127.0.0.1
state_path = ${folder}
log_file =
enabled_hardware_types = fake-hardware
enabled_bios_interfaces = no-bios
enabled_boot_interfaces = fake
enabled_console_interfaces = no-console
enabled_deploy_interfaces = fake
enabled_inspect_interfaces = fake
enabled_management_interfaces = fake
enabled_network_interfaces = noop
enabled_power_interfaces = fake
enabled_raid_interfaces = no-raid
enabled_rescue_interfaces = no-rescue
enabled_storage_interfaces = noop
enabled_vendor_interfaces = no-vendor
default_network_interface = noop
[api]
host_ip = 127.0.0.1
port = ${api}
api_workers = 1
[json_rpc]
auth_strategy = noauth
host_ip = 127.0.0.1
port = ${rpc}
[database]
connection = sqlite:///${folder}/ironic.sqlite
[conductor]
automated_clean = false
workers_pool_size = 8
sync_power_state_interval = 2
[oslo_concurrency]
lock_path = ${folder}/lock
[oslo_messaging_notifications]
driver = noop
`
