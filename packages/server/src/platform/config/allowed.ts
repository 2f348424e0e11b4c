import { BlockList, isIP } from 'node:net'

/** Where this server may connect to. */
export type Allowed = {
  /** Whether an address may be reached, by the name it was given as and the IP address it stands for. */
  permits(host: string, ip: string): boolean
}

/** Never an engine, whatever is allowed: link-local addresses, where clouds answer with the machine's own credentials. */
const never = new BlockList()
never.addSubnet('169.254.0.0', 16, 'ipv4')
never.addSubnet('fe80::', 10, 'ipv6')
never.addAddress('fd00:ec2::254', 'ipv6')
never.addSubnet('0.0.0.0', 8, 'ipv4')
never.addAddress('::', 'ipv6')
never.addSubnet('224.0.0.0', 4, 'ipv4')

const family = (ip: string) => (isIP(ip) === 6 ? 'ipv6' : 'ipv4')
const plain = (ip: string) => ip.replace(/^::ffff:(?=\d+\.)/i, '')

/**
 * Where engines may be reached: IP addresses, networks (`10.0.0.0/8`), names, and names below a domain (`.example.org`).
 * Throws a sentence on what is none of these.
 */
export function readAllowed(list: readonly string[]): Allowed {
  const networks = new BlockList()
  const names = new Set<string>()
  const domains: string[] = []
  for (const entry of list) {
    const [ip = '', bits] = entry.split('/')
    if (isIP(ip) && bits === undefined) networks.addAddress(ip, family(ip))
    else if (isIP(ip) && /^\d{1,3}$/.test(bits ?? '') && Number(bits) <= (isIP(ip) === 6 ? 128 : 32)) {
      networks.addSubnet(ip, Number(bits), family(ip))
    } else if (/^\.?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(entry)) {
      if (entry.startsWith('.')) domains.push(entry.toLowerCase())
      else names.add(entry.toLowerCase())
    } else throw new Error(`“${entry}” is neither an address, a network nor a name`)
  }
  return {
    permits(host, given) {
      const ip = plain(given)
      const name = host.toLowerCase()
      if (!isIP(ip) || never.check(ip, family(ip))) return false
      return networks.check(ip, family(ip)) || names.has(name) || domains.some((domain) => name.endsWith(domain))
    },
  }
}
