import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { debian } from '../../scripts/lib/debian.mjs'
import { command, daemon, endAll, eventually, freePorts, keepState, running, stateOf } from './lib/daemons.mjs'

const programs = ['kube-apiserver', 'kube-scheduler', 'kube-controller-manager']
/** Where the programs are, once built: outside of the project. */
export const cache = join(
  process.env.TENANTRY_ENGINE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tenantry'),
  'kubernetes-1.20',
)
const at = (name) => join(cache, name)

/**
 * Brings the API server, scheduler and controller manager of Kubernetes 1.20 up on loopback, over an etcd of their own, or
 * answers those that are there. There is no kubelet: nodes are objects, pods are bound and never run. Answers `{ missing }`
 * where they are not built.
 */
export async function up({ folder, log }) {
  const before = stateOf(folder)
  if (before && running(folder).length >= 4) return before
  const missing = await install()
  if (missing) return { missing }
  await endAll(folder)
  mkdirSync(folder, { recursive: true })
  const [etcd, peer, api] = await freePorts(3)
  const file = (name) => join(folder, name)
  const token = randomBytes(24).toString('hex')
  const address = `https://127.0.0.1:${api}`
  try {
    await makeCertificates(file)
    writeFileSync(file('tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 })
    writeFileSync(file('kubeconfig'), kubeconfigOf(address, file('ca.crt'), token), { mode: 0o600 })
    log('starting etcd, the API server, the scheduler and the controller manager')
    const client = `http://127.0.0.1:${etcd}`
    const peers = `http://127.0.0.1:${peer}`
    daemon(folder, 'etcd', '/usr/bin/etcd', [
      `--data-dir=${file('etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
      '--unsafe-no-fsync',
    ])
    daemon(folder, 'apiserver', at('kube-apiserver'), [
      `--etcd-servers=${client}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${api}`,
      '--insecure-port=0',
      `--advertise-address=${otherAddress()}`,
      `--tls-cert-file=${file('server.crt')}`,
      `--tls-private-key-file=${file('server.key')}`,
      `--token-auth-file=${file('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.254.0.0/24',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-signing-key-file=${file('server.key')}`,
      `--service-account-key-file=${file('server.key')}`,
      '--disable-admission-plugins=ServiceAccount',
      '--allow-privileged=true',
    ])
    await eventually('the API server does not answer', folder, 'apiserver', 60, async () => {
      const answer = await command('curl', [
        '-sf',
        '--cacert',
        file('ca.crt'),
        '-H',
        `authorization: Bearer ${token}`,
        `${address}/readyz`,
      ])
      if (answer !== 'ok') throw new Error(answer)
    })
    const common = [`--kubeconfig=${file('kubeconfig')}`, '--leader-elect=false', '--port=0', '--secure-port=0']
    daemon(folder, 'scheduler', at('kube-scheduler'), common)
    daemon(folder, 'controller-manager', at('kube-controller-manager'), [
      ...common,
      '--controllers=*,-nodelifecycle,-nodeipam',
      `--service-account-private-key-file=${file('server.key')}`,
      '--use-service-account-credentials=false',
    ])
    const ca = readFileSync(file('ca.crt'), 'utf8')
    return keepState(folder, { address, token, ca, version: '1.20', kubeconfig: file('kubeconfig') })
  } catch (error) {
    await endAll(folder)
    throw error
  }
}

export const down = ({ folder }) => endAll(folder)

export const status = async ({ folder }) => ({ ...stateOf(folder), running: running(folder).map(({ name }) => name) })

/** Installs etcd; the rest is built by `build` and never by itself. Answers null, or why Kubernetes cannot be had here. */
export async function install() {
  const absent = programs.filter((name) => !existsSync(at(name)))
  if (absent.length > 0) {
    return `Kubernetes is not built here: npm run engines -- kubernetes build makes it from Debian's source package in about ten minutes.`
  }
  if (existsSync('/usr/bin/etcd')) return null
  const refusal = await debian(['etcd-server'])
  return existsSync('/usr/bin/etcd') ? null : `etcd is missing: ${refusal ?? 'its package holds it elsewhere.'}`
}

/** Builds what has no binary package, from the source package `kubernetes` of Debian 12, which is the whole upstream tree. */
export async function build({ log }) {
  const needed = ['golang-go', 'rsync', 'jq', 'dpkg-dev', 'etcd-server', 'golang-github-modern-go-reflect2-dev']
  const refusal = await debian(needed)
  if (refusal) return { missing: refusal }
  const source = join(cache, '..', 'kubernetes-source')
  const tree = join(source, 'go/src/k8s.io/kubernetes')
  mkdirSync(cache, { recursive: true })
  mkdirSync(join(source, 'lists/partial'), { recursive: true })
  writeFileSync(join(source, 'src.list'), 'deb-src http://deb.debian.org/debian bookworm main\n')
  const own = [
    ...['-o', `Dir::Etc::sourcelist=${source}/src.list`, '-o', 'Dir::Etc::sourceparts=/dev/null'],
    ...['-o', `Dir::State::lists=${source}/lists`, '-o', 'Dir::Cache::srcpkgcache=', '-o', 'Dir::Cache::pkgcache='],
  ]
  log('fetching the source')
  await command('apt-get', ['-qq', ...own, 'update'], { cwd: source })
  await command('apt-get', ['-qq', ...own, 'source', '--download-only', 'kubernetes'], { cwd: source })
  // The vendored reflect2 crashes when built with Go 1.18 and later.
  const prepare = `rm -rf tree ${tree} && dpkg-source -x kubernetes_*.dsc tree && mkdir -p ${join(tree, '..')} && mv tree ${tree} &&
    rm -rf ${tree}/vendor/github.com/modern-go/reflect2 &&
    cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 ${tree}/vendor/github.com/modern-go/reflect2`
  await command('sh', ['-ec', prepare], { cwd: source })
  log('building: about ten minutes on two cores')
  const env = { GOPATH: join(source, 'go'), GO111MODULE: 'off', GOFLAGS: '', GOPROXY: 'off' }
  await command('make', [`WHAT=${programs.map((name) => `cmd/${name}`).join(' ')}`], { cwd: tree, env })
  for (const name of programs) await command('cp', [join(tree, '_output/local/bin/linux/amd64', name), at(name)])
  return { built: cache }
}

async function makeCertificates(file) {
  const openssl = (...words) => command('openssl', words)
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost'
  writeFileSync(file('san.cnf'), `${names}\n`)
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '30',
    '-subj',
    '/CN=loopback',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.crt'),
  )
  await openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=kube-apiserver',
    '-keyout',
    file('server.key'),
    '-out',
    file('server.csr'),
  )
  await openssl(
    'x509',
    '-req',
    '-in',
    file('server.csr'),
    '-CA',
    file('ca.crt'),
    '-CAkey',
    file('ca.key'),
    '-CAcreateserial',
    '-days',
    '30',
    '-extfile',
    file('san.cnf'),
    '-out',
    file('server.crt'),
  )
}

/** The API server refuses to be known by a loopback address; it listens there all the same. */
function otherAddress() {
  const all = Object.values(networkInterfaces()).flat()
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '192.0.2.1'
}

const kubeconfigOf = (address, ca, token) => `apiVersion: v1
kind: Config
clusters: [{ name: local, cluster: { server: "${address}", certificate-authority: "${ca}" } }]
users: [{ name: admin, user: { token: "${token}" } }]
contexts: [{ name: local, context: { cluster: local, user: admin } }]
current-context: local
`
