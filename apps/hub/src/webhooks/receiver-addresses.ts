import { lookup } from 'node:dns/promises';
import { type BlockList, isIP } from 'node:net';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { listOf } from '../limits/networks.js';

/** The addresses of a host. Rejects where there are none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface ReceiverAddressesOptions {
  /** What may be reached though it is not public: addresses and networks as CIDR writes them. */
  readonly allowedNetworks: readonly string[];
  /** Receivers on this machine may be reached, by plain HTTP too. */
  readonly isLocal: boolean;
  readonly resolve?: Resolve;
}

/** Where a message goes: to this address, whatever the name of the host leads to a moment later. */
export interface Destination {
  readonly url: URL;
  readonly address: string;
  readonly family: 4 | 6;
}

const LOOPBACK = { 4: listOf(['127.0.0.0/8']), 6: listOf(['::1']) };

/** What is no public address, of IPv4: private, shared, this machine, this link, several, or documentation. */
const NOT_PUBLIC_4 = listOf([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // A public address that a cloud gives its own machines for their metadata.
  '168.63.129.16',
]);
/** All of IPv6 that is public is in here, without what leads to IPv4, and documentation. */
const PUBLIC_6 = listOf(['2000::/3']);
const NOT_PUBLIC_6 = listOf(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/** Says where a URL leads, and refuses what is not meant for strangers: the network of the hub. */
export class ReceiverAddresses {
  private readonly allowed: Readonly<Record<4 | 6, BlockList>>;
  private readonly resolve: Resolve;

  constructor(private readonly options: ReceiverAddressesOptions) {
    const { allowedNetworks, resolve = resolveHost } = options;
    this.resolve = resolve;
    // By family: a list of both takes an address of IPv4 for one of IPv6 that is written so.
    this.allowed = {
      4: listOf(allowedNetworks.filter((network) => !network.includes(':'))),
      6: listOf(allowedNetworks.filter((network) => network.includes(':'))),
    };
  }

  /** Where a message goes now, or why it must not. A host of several addresses may have no refused one. */
  async find(text: string): Promise<Result<Destination, string>> {
    const url = new URL(text);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const found = await this.addressesOf(host);
    if (!found.ok) return found;
    const refused = found.value.find((address) => !this.mayReach(address));
    if (refused !== undefined) {
      return err(
        `${shown(host, refused)} is not public; name a receiver on the internet, or have an operator allow its network (APOLLO_WEBHOOK_ALLOWED_NETWORKS)`,
      );
    }
    if (url.protocol !== 'https:' && !found.value.every((one) => this.isReachedInPlain(one))) {
      return err(`${host} is reached by plain HTTP only from this machine; use https://`);
    }
    const [address = ''] = found.value;
    return ok({ url, address, family: familyOf(address) });
  }

  private async addressesOf(host: string): Promise<Result<readonly string[], string>> {
    if (isIP(host) !== 0) return ok([host]);
    try {
      const addresses = await this.resolve(host);
      if (addresses.length > 0) return ok(addresses);
    } catch (error) {
      const { code = 'no answer' } = error as NodeJS.ErrnoException;
      return err(`the host ${host} is not found (${code}); see that its name is right`);
    }
    return err(`the host ${host} has no address; see that its name is right`);
  }

  private mayReach(address: string): boolean {
    const family = familyOf(address);
    if (isIn(this.allowed[family], address)) return true;
    if (this.isReachedInPlain(address)) return true;
    if (family === 4) return !isIn(NOT_PUBLIC_4, address);
    return isIn(PUBLIC_6, address) && !isIn(NOT_PUBLIC_6, address);
  }

  private isReachedInPlain(address: string): boolean {
    return this.options.isLocal && isIn(LOOPBACK[familyOf(address)], address);
  }
}

async function resolveHost(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, familyOf(address) === 4 ? 'ipv4' : 'ipv6');
}

function familyOf(address: string): 4 | 6 {
  return isIP(address) === 4 ? 4 : 6;
}

function shown(host: string, address: string): string {
  return host === address ? `the address ${address}` : `the host ${host} (${address})`;
}
