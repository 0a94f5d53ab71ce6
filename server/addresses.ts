import { networkInterfaces } from 'node:os'
import type { Config } from './config'

/** The service's base URLs, known once its port is. No trailing slash. */
export interface Addresses {
  /** From this machine. */
  local: string
  /** For phones in the same network; empty while the service listens on loopback only. */
  lan: string[]
  /** Base of the file URLs in callbacks. */
  public: string
}

export function addressesOf({ host, publicUrl }: Pick<Config, 'host' | 'publicUrl'>, port: number): Addresses {
  const url = (name: string): string => `http://${name.includes(':') ? `[${name}]` : name}:${port}`
  const everywhere = host === '0.0.0.0' || host === '::'
  const lan = everywhere ? lanHosts().map(url) : []
  const local = url(everywhere ? '127.0.0.1' : host)
  return { local, lan, public: publicUrl ?? lan[0] ?? local }
}

/** Networks of containers, virtual machines and tunnels; phones are never in them. */
const VIRTUAL = /^(br-|docker|veth|virbr|vmnet|vboxnet|vEthernet|tun|tap|utun|wg|zt|tailscale|bridge)/i

/** The address that a phone can most likely reach comes first. */
export function lanHosts(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string[] {
  return Object.entries(interfaces)
    .sort(([one], [other]) => Number(VIRTUAL.test(one)) - Number(VIRTUAL.test(other)))
    .flatMap(([, addresses = []]) =>
      addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
    )
}
