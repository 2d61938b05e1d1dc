import type { IncomingMessage } from 'node:http';
import { type BlockList, isIP, isIPv6 } from 'node:net';
import { listOf, readNetworks } from './networks.js';

const HOPS_MAX = 10;

/** How many proxies stand in front of the hub, or the networks that they are in. */
export type TrustedProxies = number | readonly string[];

/** What a setting says; `undefined` if that is neither a number of proxies nor a list of networks. */
export function readTrustedProxies(text: string): TrustedProxies | undefined {
  if (/^\d{1,2}$/.test(text)) {
    const hops = Number(text);
    return hops >= 1 && hops <= HOPS_MAX ? hops : undefined;
  }
  return readNetworks(text);
}

/**
 * Says from which address a request comes: the other end of the connection, unless that is a trusted
 * proxy; then what it says in `X-Forwarded-For`. What others say of themselves there never counts.
 */
export class ClientAddresses {
  private readonly networks: BlockList;

  /** Trusts nobody by default. */
  constructor(private readonly trusted: TrustedProxies = 0) {
    this.networks = listOf(typeof trusted === 'number' ? [] : trusted);
  }

  /** The IPv4 address, or the /64 of the IPv6 address: so many are one household's, or one machine's. */
  keyOf({ socket, headers }: Pick<IncomingMessage, 'headers'> & { socket: Peer }): string {
    let client = plain(socket.remoteAddress ?? '');
    const told = [headers['x-forwarded-for'] ?? ''].flat().join(',').split(',').reverse();
    for (const [hop, text] of told.entries()) {
      const next = plain(withoutPort(text.trim()));
      if (!this.isProxy(client, hop) || isIP(next) === 0) break;
      client = next;
    }
    return isIPv6(client) ? `${groupsOf(client).slice(0, 4).join(':')}::/64` : client;
  }

  private isProxy(address: string, hop: number): boolean {
    if (typeof this.trusted === 'number') return hop < this.trusted;
    const kind = isIP(address);
    return kind !== 0 && this.networks.check(address, kind === 4 ? 'ipv4' : 'ipv6');
  }
}

interface Peer {
  readonly remoteAddress?: string | undefined;
}

/** Some proxies add the port. */
function withoutPort(text: string): string {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\]|(\d[\d.]*))(?::\d{1,5})?$/.exec(text) ?? [];
  return bracketed ?? dotted ?? text;
}

/** Without a zone; an IPv4 address in IPv6 as what it is. */
function plain(address: string): string {
  const bare = address.replace(/%.*$/, '');
  if (!isIPv6(bare)) return bare;
  const groups = groupsOf(bare);
  const [high = 0, low = 0] = groups.slice(6).map((group) => parseInt(group, 16));
  const isMapped = groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff';
  return isMapped ? [high >> 8, high & 255, low >> 8, low & 255].join('.') : bare;
}

/** The eight groups of an IPv6 address, in its one spelling. */
function groupsOf(address: string): readonly string[] {
  const spelled = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = [], right = []] = spelled
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = new Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right];
}
