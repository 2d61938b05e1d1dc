import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** The certificate of a server with its key, in PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

interface Validity {
  /** Instants as `YYMMDDHHMMSSZ`. */
  readonly from: string;
  readonly until: string;
}

const ALWAYS: Validity = { from: '000101000000Z', until: '491231235959Z' };
export const LONG_OVER: Validity = { from: '000101000000Z', until: '010101000000Z' };

const COMMON_NAME = '0603550403';
const BASIC_CONSTRAINTS = '0603551d13';
const ALTERNATIVE_NAME = '0603551d11';
const ECDSA_WITH_SHA_256 = '06082a8648ce3d040302';

/** Somebody who issues certificates (X.509 v3, P-256), made for a test. */
export class TestAuthority {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private issued = 1;
  /** Its own certificate, for those who are to believe it, in PEM. */
  readonly pem: string;

  constructor(private readonly name: string) {
    const isAuthority = extension(BASIC_CONSTRAINTS, der(0x30, hex('0101ff')));
    this.pem = this.issue(name, this.keys.publicKey, isAuthority, ALWAYS);
  }

  /** For a host of this name. */
  certificateFor(host: string, validity = ALWAYS): ServerCertificate {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = extension(ALTERNATIVE_NAME, der(0x30, der(0x82, Buffer.from(host))));
    return {
      cert: this.issue(host, publicKey, names, validity),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  private issue(subject: string, key: KeyObject, more: Buffer, validity: Validity): string {
    const algorithm = der(0x30, hex(ECDSA_WITH_SHA_256));
    const told = der(
      0x30,
      der(0xa0, der(0x02, hex('02'))),
      der(0x02, Buffer.from([this.issued])),
      algorithm,
      nameOf(this.name),
      der(0x30, time(validity.from), time(validity.until)),
      nameOf(subject),
      key.export({ type: 'spki', format: 'der' }),
      der(0xa3, der(0x30, more)),
    );
    this.issued += 1;
    const signature = sign('sha256', told, this.keys.privateKey);
    const whole = der(0x30, told, algorithm, der(0x03, hex('00'), signature));
    const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  }
}

function nameOf(name: string): Buffer {
  const attribute = der(0x30, hex(COMMON_NAME), der(0x0c, Buffer.from(name)));
  return der(0x30, der(0x31, attribute));
}

function extension(id: string, value: Buffer): Buffer {
  return der(0x30, hex(id), der(0x04, value));
}

function time(instant: string): Buffer {
  return der(0x17, Buffer.from(instant));
}

/** A value of ASN.1 as DER writes it; none is longer than 65,535 bytes. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
