import { CommanderError } from 'commander';
import { CommandEnded } from './command-ended.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { type ConnectionOptions, connect } from './hub/connect.js';
import { HubRefusal } from './hub/hub-refusal.js';
import { nameOf } from './hub/name-of.js';
import { plain, screened } from './output/plain.js';
import { programOf } from './program.js';
import type { Surroundings } from './surroundings.js';
import { tellProblem } from './tell-problem.js';

/** What the hub answers depending on who asks: what one may not see is not there. */
const FOR_WHOM: readonly number[] = [401, 403, 404];

/** Carries out one command line. Answers how it ended; never rejects for what a person can mend. */
export async function runApolloctl(
  commandLine: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCode> {
  const program = programOf(commandLine, surroundings);
  try {
    await program.parseAsync([...commandLine], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.unusable;
    if (error instanceof CommandEnded) {
      surroundings.tell(screened(`apolloctl: ${error.message}`));
      return error.code;
    }
    if (!(error instanceof HubRefusal)) throw error;
    const actingAs = await actingAsFor(error, program.opts<ConnectionOptions>(), surroundings);
    surroundings.tell(`apolloctl: ${tellProblem(error, actingAs)}`);
    return error.problem.status < 500 ? EXIT.refused : EXIT.unseen;
  }
}

/** Whoever may not do something is told as whom they tried. */
async function actingAsFor(
  { problem }: HubRefusal,
  options: ConnectionOptions,
  surroundings: Surroundings,
): Promise<string | undefined> {
  if (!FOR_WHOM.includes(problem.status)) return undefined;
  const { hub, account } = await connect(options, surroundings);
  if (problem.status === 401) return `nobody: ${plain(account.origin)}`;
  try {
    return `${await nameOf(hub)} (${plain(account.origin)})`;
  } catch (error) {
    // The first answer counts; that nobody can say who this is adds nothing to it.
    if (error instanceof HubRefusal || error instanceof CommandEnded) return plain(account.origin);
    throw error;
  }
}
