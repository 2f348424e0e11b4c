import { randomBytes } from 'node:crypto'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '../../scripts/lib/build.mjs'
import { root } from '../../scripts/lib/run.mjs'
import { command, daemon, eventually } from './lib/daemons.mjs'

/** Starts the token broker, which alone reads the cluster's key, and the log agent. Answers how each is reached. */
export async function startServices({ folder, ports }) {
  await build(['token-broker', 'log-agent'])
  const broker = await start(folder, 'token-broker', ports.broker, 'slurm', {
    KEY_FILE: join(folder, 'jwt.key'),
    SERVICE_USER: 'slurm',
  })
  const logAgent = await start(folder, 'log-agent', ports.logAgent, 'root', {})
  const credential = {
    type: 'slurm_broker',
    user: 'slurm',
    brokerUrl: broker.url,
    brokerSecret: broker.secret,
    logAgentUrl: logAgent.url,
    logAgentSecret: logAgent.secret,
  }
  const reached = ({ url, secretFile }) => ({ url, secretFile })
  return { broker: reached(broker), logAgent: reached(logAgent), credential }
}

async function start(folder, name, port, user, settings) {
  // A copy: other users may not be able to pass through to where we stand.
  const program = join(folder, `${name}.mjs`)
  copyFileSync(join(root, 'packages', name, 'dist', 'main.mjs'), program)
  const secret = randomBytes(32).toString('base64url')
  const secretFile = join(folder, `${name}.secret`)
  writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 })
  await command('chown', [`${user}:`, secretFile])
  const env = { HOST: '127.0.0.1', PORT: String(port), SECRET_FILE: secretFile, ...settings }
  daemon(folder, name, process.execPath, [program], { ...(user !== 'root' && { user }), env })
  const url = `http://127.0.0.1:${port}`
  await eventually(`the ${name} does not answer`, folder, name, 20, async () => {
    const { ok, status } = await fetch(`${url}/healthz`)
    if (!ok) throw new Error(`it answers ${status}`)
  })
  return { url, secretFile, secret }
}
