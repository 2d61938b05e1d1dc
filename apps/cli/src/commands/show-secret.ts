import type { Call } from '../call.js';
import { keepSecret } from '../account/private-file.js';
import type { Answer } from '../hub/hub-client.js';
import { plain } from '../output/plain.js';

/** The option by which a token goes into a file. */
export const WRITE = [
  '--write <file>',
  'keep the token in a new file that only you can read, and do not show it',
] as const;

/** Shows a token that the hub shows once, or keeps it in a file. */
export async function showSecret<T extends { readonly token: string }>(
  call: Call,
  make: () => Promise<Answer<T>>,
  { file, inWords }: { readonly file?: string; readonly inWords: (made: T) => string },
): Promise<void> {
  if (file === undefined) {
    const answer = await make();
    call.warn(`${inWords(answer.body)}; it is shown this once`);
    call.show(answer, ({ token }) => plain(token));
    return;
  }
  const made = await keepSecret(file, async () => {
    const { body } = await make();
    return { secret: body.token, made: body };
  });
  const { token: _, ...rest } = made;
  call.show(
    { body: made, text: JSON.stringify(rest) },
    () => `${inWords(made)}, in ${plain(file)}`,
  );
}
