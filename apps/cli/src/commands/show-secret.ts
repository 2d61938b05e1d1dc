import type { Call } from '../call.js';
import { keepSecret } from '../account/private-file.js';
import type { Answer } from '../hub/hub-client.js';
import { plain } from '../output/plain.js';

/** The option by which a secret goes into a file. */
export const WRITE = [
  '--write <file>',
  'keep the secret in a new file that only you can read, and do not show it',
] as const;

interface ShownOnce<Name extends string, T> {
  /** The member of the answer that is the secret. */
  readonly secret: Name;
  readonly file?: string;
  readonly inWords: (made: T) => string;
}

/** Shows a secret that the hub shows once, or keeps it in a file. */
export async function showSecret<Name extends string, T extends Readonly<Record<Name, string>>>(
  call: Call,
  make: () => Promise<Answer<T>>,
  { secret: name, file, inWords }: ShownOnce<Name, T>,
): Promise<void> {
  if (file === undefined) {
    const answer = await make();
    call.warn(`${inWords(answer.body)}; it is shown this once`);
    call.show(answer, ({ [name]: secret }) => plain(secret));
    return;
  }
  const made = await keepSecret(file, async () => {
    const { body } = await make();
    return { secret: body[name], made: body };
  });
  const rest = Object.fromEntries(Object.entries(made).filter(([member]) => member !== name));
  call.show(
    { body: made, text: JSON.stringify(rest) },
    () => `${inWords(made)}, in ${plain(file)}`,
  );
}
