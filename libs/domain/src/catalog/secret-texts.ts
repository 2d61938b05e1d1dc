/** What a text would be if it were a secret, in the words "it looks like …". */
export type SecretKind =
  | 'a private key'
  | 'an access key of a cloud'
  | 'a token'
  | 'an address with a password'
  | 'a password';

/**
 * Forms that nothing but a credential has. Each looks at a run of characters once: a text that is made
 * to be nearly one costs no more than another.
 */
const FORMS: readonly { readonly kind: SecretKind; readonly pattern: RegExp }[] = [
  { kind: 'a private key', pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/ },
  {
    kind: 'an access key of a cloud',
    pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])/,
  },
  { kind: 'an access key of a cloud', pattern: /(?<![\w-])AIza[\w-]{35}(?![\w-])/ },
  { kind: 'a token', pattern: /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/ },
  { kind: 'a token', pattern: /(?<!\w)(?:gh[oprsu]|glpat|npm|apollo)[_-]\w[\w-]{18,}/ },
  { kind: 'a token', pattern: /(?<!\w)(?:github_pat_|xox[abeoprs]-|sk_live_|rk_live_)[\w-]{20,}/ },
  {
    kind: 'an address with a password',
    pattern:
      /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,100}:(?![$<{*])[^\s/:@"']{1,100}@/i,
  },
];

/** Ends of names under which credentials stand, without what parts their words. */
const SECRET_NAMES =
  /(?:password|passwd|passphrase|apikey|privatekey|clientsecret|secretaccesskey|(?:access|api|auth|bearer|refresh)token)$/;
/** These as a whole only: `csrfToken` or `tokens` are often no secrets. */
const WHOLE_SECRET_NAMES: readonly string[] = ['pwd', 'token'];
/** Says where the secret is, and holds none. */
const REFERENCE =
  /^(?:\$\(.*\)|\$\{.*\}|\{\{.*\}\}|<.*>|%\w+%|\$\w+|[\w+-]*(?:vault|secret)[\w+-]*:.*|arn:.*)$/s;
const NO_SECRETS: readonly string[] = [
  '',
  'true',
  'false',
  'null',
  'none',
  '~',
  '|',
  '|-',
  '>',
  '>-',
];

/** A line of a file of settings, or a member of JSON within a text. */
const LINE = /^[ \t]*(?:export[ \t]+)?["']?([\w.-]+)["']?[ \t]*[:=][ \t]*(.*)$/gm;
const MEMBER = /"([\w.-]{1,100})"\s{0,10}:\s{0,10}"([^"\n]{1,1000})"/g;

/** What a text gives itself away as, wherever it stands; `undefined` = as no secret. */
export function secretInText(text: string): SecretKind | undefined {
  const form = FORMS.find(({ pattern }) => pattern.test(text));
  if (form !== undefined) return form.kind;
  const settings = [...text.matchAll(LINE), ...text.matchAll(MEMBER)];
  const isSecret = settings.some(
    ([, name = '', value = '']) => isSecretName(name) && isLiteral(unquoted(value)),
  );
  return isSecret ? 'a password' : undefined;
}

/** Whether what stands under this name is a credential by its name: `dbPassword`, `API_KEY`. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return SECRET_NAMES.test(plain) || WHOLE_SECRET_NAMES.includes(plain);
}

/** Whether a text would be the credential itself, not the name of a place where it is. */
export function isLiteral(text: string): boolean {
  const plain = text.trim();
  return !NO_SECRETS.includes(plain.toLowerCase()) && !REFERENCE.test(plain);
}

function unquoted(text: string): string {
  return text.trim().replaceAll(/^["']|["'],?$|,$/g, '');
}
