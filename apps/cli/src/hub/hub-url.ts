import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';

const DEFAULT = 'http://127.0.0.1:8234';
const LOOPBACK = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/;

/** The origin of the hub that an option or the environment names. */
export function hubUrl(option: string | undefined, set: string | undefined): string {
  const said = option === undefined ? 'APOLLO_HUB' : '--hub';
  const given = option ?? (set === undefined || set === '' ? DEFAULT : set);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isOrigin =
    url !== undefined &&
    ['http:', 'https:'].includes(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '') &&
    url.pathname === '/';
  if (isOrigin) return url.origin;
  throw new CommandEnded(EXIT.unusable, `${said} is not usable; accepted is http(s)://HOST[:PORT]`);
}

/** Whether what is sent there stays on this machine. */
export function isThisMachine(url: string): boolean {
  return LOOPBACK.test(new URL(url).hostname);
}
