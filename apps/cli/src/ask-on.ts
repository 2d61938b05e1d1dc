import { createInterface } from 'node:readline';

/**
 * Asks a person, and answers the line that they give: empty if the input ends without one, since
 * whoever goes away has not said yes. Whoever interrupts ends the process, as anywhere else.
 */
export async function askOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<string> {
  // The terminal itself edits the line, so nothing but the question is written to it.
  const lines = createInterface({ input, output, terminal: false });
  const answer = new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => {
      resolve(undefined);
    });
  });
  output.write(question);
  try {
    const said = await answer;
    // What comes next has a line of its own all the same.
    if (said === undefined) output.write('\n');
    return said ?? '';
  } finally {
    lines.close();
  }
}
