import { CLOSE_CODES } from '@apollo-deploy/protocol';

const ADVICE: Readonly<Record<number, string>> = {
  [CLOSE_CODES.unauthenticated]:
    'the hub does not know the key of this spoke; if it stays so, put a new join token in the token file',
  [CLOSE_CODES.revoked]:
    'the hub has revoked this spoke; let it join with another key, or stop this process',
  [CLOSE_CODES.superseded]:
    'another process connected as this spoke; make sure that only one runs with this key',
  [CLOSE_CODES.unsupportedVersion]:
    'the hub does not speak the protocol version of this spoke; bring spoke or hub up to date',
};

/** What people are told of a connection that ended with this code; null: with none. */
export function adviceFor(code: number | null): string {
  return (code === null ? undefined : ADVICE[code]) ?? 'no connection to the hub; dialling again';
}
