import { readFileSync } from 'node:fs';
import { Command, Help, Option } from 'commander';
import { addApprovalRules } from './commands/approval-rules.js';
import { addApprovals } from './commands/approvals.js';
import { addAudit } from './commands/audit.js';
import { addBreakGlass } from './commands/break-glass.js';
import { addDelegations } from './commands/delegations.js';
import { addDeploy } from './commands/deploy.js';
import { addDeployments } from './commands/deployments.js';
import { addHotfix } from './commands/hotfix.js';
import { addJoinTokens } from './commands/join-tokens.js';
import { addKeys } from './commands/keys.js';
import { addPeople } from './commands/people.js';
import { addPlans } from './commands/plans.js';
import { addPromote } from './commands/promote.js';
import { addRollback } from './commands/rollback.js';
import { addSpokes } from './commands/spokes.js';
import { addTokens } from './commands/tokens.js';
import { addWebhooks } from './commands/webhooks.js';
import { addWhoami } from './commands/whoami.js';
import type { Surroundings } from './surroundings.js';

const MANIFEST = new URL('../package.json', import.meta.url);
const GROUPS = [
  {
    heading: 'The pipeline:',
    adds: [addDeploy, addPromote, addHotfix, addRollback, addDeployments],
  },
  { heading: 'Plans:', adds: [addPlans, addApprovals] },
  { heading: 'Who must agree:', adds: [addApprovalRules, addDelegations, addBreakGlass] },
  { heading: 'People and machines:', adds: [addWhoami, addPeople, addTokens] },
  { heading: 'Fleet:', adds: [addSpokes, addJoinTokens, addKeys] },
  { heading: 'Others who are told:', adds: [addWebhooks] },
  { heading: 'Audit trail:', adds: [addAudit] },
] as const;
const MORE = `
Environment:
  APOLLO_HUB          the hub, if --hub is not given
  APOLLO_TOKEN_FILE   a file with your token, if neither --token-file nor --as is given
  APOLLO_TOKEN        the token itself
  APOLLO_HOME         where npm start keeps its things, for --as

Ends with 0 if it was done, 1 if it was refused or failed, 2 if nobody could look (the hub does not
answer, a file cannot be read) or what was waited for has not ended, 3 if the command line is not usable.

  apolloctl deploy test-service --wait
  apolloctl plans --state blocked
  apolloctl approve 01JQ… --as sre-1`;

/**
 * The command line that these words are for, with nothing carried out yet. Behind a command `--version`
 * is one of what it is about, and before it apolloctl's own.
 */
export function programOf(words: readonly string[], surroundings: Surroundings): Command {
  const program = new Command('apolloctl')
    .description('Asks a hub of Apollo, and tells it what people say.')
    .option('--hub <url>', 'http(s)://HOST[:PORT] (http://127.0.0.1:8234)')
    .option('--token-file <file>', 'who you are: a file with your token that only you can read')
    .option('--as <name>', 'who you are: an example account of npm start, such as sre-1')
    .addOption(
      new Option('-o, --output <form>', "json: the hub's answer as it is")
        .choices(['table', 'json'])
        .default('table'),
    )
    .configureHelp({ showGlobalOptions: true, optionDescription })
    .configureOutput({
      writeOut: (text) => {
        surroundings.print(text.trimEnd());
      },
      writeErr: (text) => {
        surroundings.tell(text.trimEnd());
      },
    })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', MORE);
  for (const { heading, adds } of GROUPS) {
    program.commandsGroup(heading);
    for (const add of adds) add(program, surroundings);
  }
  const isNamed = program.commands.some((command) => words.includes(command.name()));
  return isNamed ? program : program.version(versionOf());
}

/** As it is described, and whether the command does without it. */
function optionDescription(option: Option): string {
  const told = new Help().optionDescription(option);
  return option.mandatory ? `${told} (required)` : told;
}

function versionOf(): string {
  return (JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }).version;
}
