/** What is wrong with a certificate whose chain ends nowhere, by OpenSSL's words for it. */
const UNKNOWN_ISSUER: readonly string[] = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
];

/** Why the certificate of a receiver is not believed, and what to do; `undefined` = something else went wrong. */
export function tellCertificate(error: Error, host: string): string | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  const nothing = 'nothing was sent';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate of the receiver is not for ${host}, ${nothing}: name it as its certificate does, or have it get one for ${host}`;
  }
  if (UNKNOWN_ISSUER.includes(code)) {
    return `the certificate of ${host} is of an issuer that this hub does not know (${code}), ${nothing}: have the receiver send its whole chain, or give the hub the certificate of the issuer (NODE_EXTRA_CA_CERTS)`;
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `the certificate of ${host} is not valid now (${code}), ${nothing}: have it renewed, and see that the clock of the hub is right`;
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return `${host} does not speak TLS as this hub does (${code}), ${nothing}: see that its port is the one for https`;
  }
  return undefined;
}
