/** A rule that a name must follow, with the sentence that tells a person what is accepted. */
export interface NameRule {
  readonly maximumLength: number;
  readonly pattern: RegExp;
  readonly accepted: string;
}

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const LABEL_WORDS =
  'lowercase letters, digits and "-", beginning and ending with a letter or digit';

/** The names people give to things in Apollo; each is one path segment and one DNS label. */
export const NAME_RULES = {
  name: {
    maximumLength: 63,
    pattern: DNS_LABEL,
    accepted: `1 to 63 characters: ${LABEL_WORDS}`,
  },
  namespace: {
    maximumLength: 63,
    pattern: DNS_LABEL,
    accepted: `a Kubernetes namespace, 1 to 63 characters: ${LABEL_WORDS}`,
  },
  /** Helm allows 53, so that the names of a chart's objects keep room for a suffix. */
  releaseName: {
    maximumLength: 53,
    pattern: DNS_LABEL,
    accepted: `a Helm release name, 1 to 53 characters: ${LABEL_WORDS}`,
  },
  /** What spokes say that they can do, such as `config_update`. */
  capability: {
    maximumLength: 64,
    pattern: /^[a-z0-9]([a-z0-9._/-]*[a-z0-9])?$/,
    accepted:
      '1 to 64 characters: lowercase letters, digits, ".", "_", "/" and "-", beginning and ending with a letter or digit',
  },
  /** As identity providers name people: short names, addresses and opaque subjects. */
  person: {
    maximumLength: 128,
    pattern: /^[A-Za-z0-9][A-Za-z0-9._@+:|=~-]*$/,
    accepted:
      'the name of a person, 1 to 128 characters: letters, digits and any of . _ @ + : | = ~ -, beginning with a letter or digit',
  },
} as const satisfies Record<string, NameRule>;

export function followsRule(text: string, rule: NameRule): boolean {
  return text.length <= rule.maximumLength && rule.pattern.test(text);
}
