import { networkInterfaces } from 'node:os'
import type { Config } from './config'

/** Where the service can be reached, once its port is known. No URL ends in a slash. */
export interface Addresses {
  /** From this machine. */
  local: string
  /** From phones in the same network; empty while the service keeps to this machine. */
  lan: string[]
  /** What links in callbacks begin with. */
  public: string
}

export function addressesOf({ host, publicUrl }: Pick<Config, 'host' | 'publicUrl'>, port: number): Addresses {
  const url = (name: string): string => `http://${name.includes(':') ? `[${name}]` : name}:${port}`
  const everywhere = host === '0.0.0.0' || host === '::'
  const lan = everywhere ? lanHosts().map(url) : []
  const local = url(everywhere ? '127.0.0.1' : host)
  return { local, lan, public: publicUrl ?? lan[0] ?? local }
}

/** Networks of containers, virtual machines and tunnels: no phone is in them. */
const VIRTUAL = /^(br-|docker|veth|virbr|vmnet|vboxnet|vEthernet|tun|tap|utun|wg|zt|tailscale|bridge)/i

/** What a phone most likely reaches first. */
export function lanHosts(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string[] {
  return Object.entries(interfaces)
    .sort(([one], [other]) => Number(VIRTUAL.test(one)) - Number(VIRTUAL.test(other)))
    .flatMap(([, addresses = []]) =>
      addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
    )
}
