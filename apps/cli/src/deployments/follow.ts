import type { Call } from '../call.js';
import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import type { Answer } from '../hub/hub-client.js';
import { route } from '../hub/route.js';
import { isAway } from '../hub/unreachable.js';
import { plain } from '../output/plain.js';
import { DeploymentView, hasEnded } from './deployment-view.js';
import { deploymentTitle, tellDeployment, tellProgress } from './tell-deployment.js';

/** So often a deployment that is followed is looked at, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** A hub that is away while its deployment is waited for is asked again for so long, in milliseconds. */
const AWAY_MS = 60_000;

/** So much of why a deployment failed is told again where its command ends, in UTF-16 units. */
const WHY_LENGTH = 200;

/** For how many seconds the end is waited for; `true` = until it comes, absent = not at all. */
export type Patience = number | true | undefined;

/**
 * Shows a deployment: at once, or once it has ended, with what it waits for until then. Ends the command
 * as refused if it failed or was rolled back, and as unseen if its end was waited for and has not come. A
 * hub that is away meanwhile, as while it starts anew, is asked again for a minute.
 */
export async function follow(call: Call, id: string, patience: Patience): Promise<void> {
  const last = await lookedAt(call, id, patience);
  call.show(last, tellDeployment);
  if (last.body.status === 'completed') return;
  const title = deploymentTitle(last.body);
  if (hasEnded(last.body)) {
    throw new CommandEnded(EXIT.refused, `${title}: ${tellFailure(last.body)}`);
  }
  const cure = `apolloctl deployment ${plain(id)} --wait follows it`;
  if (patience !== undefined) {
    const span = `${String(Number(patience))} s`;
    throw new CommandEnded(
      EXIT.unseen,
      `${title}: has not ended within ${span}, and goes on; ${cure}`,
    );
  }
  call.warn(`it is under way; ${cure}`);
}

function tellFailure({ status, notes, supersededBy }: DeploymentView): string {
  const why = notes === undefined ? [] : [plain(brief(notes))];
  if (supersededBy === undefined) {
    const [told = ''] = why;
    return told.startsWith(`${status}: `) ? told : [plain(status), ...why].join(': ');
  }
  const cure = `apolloctl deployment ${plain(supersededBy)} --wait follows that one`;
  return `${['gave way', ...why].join(': ')}; ${cure}; ask again if this is still wanted`;
}

/** What was shown above says all of it. */
function brief(why: string): string {
  return why.length <= WHY_LENGTH ? why : `${why.slice(0, WHY_LENGTH)}...`;
}

async function lookedAt(
  call: Call,
  id: string,
  patience: Patience,
): Promise<Answer<DeploymentView>> {
  const patienceMs = patience === true ? Infinity : (patience ?? 0) * 1_000;
  const end = call.now().getTime() + patienceMs;
  let told = '';
  for (;;) {
    const answer = await asked(call, id, patience);
    if (hasEnded(answer.body) || call.now().getTime() >= end) return answer;
    const progress = tellProgress(answer.body);
    if (told === '') call.present(`${deploymentTitle(answer.body)} (${plain(id)})`);
    if (progress !== told) call.present(progress);
    told = progress;
    await call.pause(LOOK_EVERY_MS);
  }
}

/** What the hub says of it, once it says something. */
async function asked(call: Call, id: string, patience: Patience): Promise<Answer<DeploymentView>> {
  const end = call.now().getTime() + AWAY_MS;
  for (let tries = 1; ; tries += 1) {
    try {
      return await call.hub.get(route`deployments/${id}`, DeploymentView);
    } catch (error) {
      if (patience === undefined || !isAway(error)) throw error;
      const cure = `apolloctl deployment ${plain(id)} --wait follows it`;
      if (call.now().getTime() >= end) {
        const sentence = `${error.message}; nobody could look for a minute how ${plain(id)} goes on`;
        throw new CommandEnded(EXIT.unseen, `${sentence}; ${cure}`);
      }
      if (tries === 1) call.warn(`${error.message}; asking again for a minute; ${cure}`);
    }
    await call.pause(LOOK_EVERY_MS);
  }
}
