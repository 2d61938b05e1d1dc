import { type Command, InvalidArgumentError } from 'commander';
import { type Static, Type } from 'typebox';
import type { Call } from '../call.js';
import type { Answer } from '../hub/hub-client.js';
import { HubRefusal } from '../hub/hub-refusal.js';
import { route } from '../hub/route.js';
import { columns, listed } from '../output/columns.js';
import { second } from '../output/instant.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { addGroup, calling, given, namesIn } from './define.js';
import { type SelectorOptions, selectorOf, SelectorView, withSelector } from './selector.js';

const Text = Type.String();
const Amount = Type.Optional(Type.Number());
const RuleView = Type.Intersect([
  SelectorView,
  Type.Object({
    name: Text,
    requiredRoles: Type.Array(Text),
    requiredApprovers: Amount,
    ttlHours: Amount,
    requestTtlHours: Amount,
    notBefore: Type.Optional(Text),
    escalation: Type.Optional(Type.Object({ afterHours: Type.Number(), roles: Type.Array(Text) })),
    level: Type.Number(),
    allowAuthor: Type.Boolean(),
    by: Type.Optional(Text),
    at: Type.Optional(Text),
    version: Type.Number(),
  }),
]);
type RuleView = Static<typeof RuleView>;

interface RuleOptions extends SelectorOptions {
  readonly roles: readonly string[];
  readonly approvers?: number;
  readonly ttlHours?: number;
  readonly requestTtlHours?: number;
  readonly notBefore?: string;
  readonly escalateAfter?: number;
  readonly escalateTo?: readonly string[];
  readonly level?: number;
  readonly allowAuthor?: true;
}

/** Who must agree to which plans. */
export function addApprovalRules(program: Command, surroundings: Surroundings): void {
  const { group, list } = addGroup(program, 'approval-rules', 'say who must agree to which plans');
  list.description('list the rules in force').action(calling(surroundings, listRules));
  withSelector(group.command('set'))
    .argument('<name>')
    .description('make a rule, or put another in its place: what is not said again is gone')
    .requiredOption('--roles <roles>', 'who must agree, by commas; each another person', namesIn)
    .option('--approvers <number>', 'how many different people in all', number)
    .option('--ttl-hours <number>', 'how long an approval counts; else until the plan goes', number)
    .option('--request-ttl-hours <number>', 'how long people have; then the plan ends', number)
    .option('--not-before <instant>', 'the rule holds from then on')
    .option('--escalate-after <hours>', 'when to ask others as well', number)
    .option('--escalate-to <roles>', 'whom to ask then', namesIn)
    .option('--level <number>', '1 is asked first (1)', number)
    .option('--allow-author', 'authors of a plan may agree to it')
    .action(
      calling<RuleOptions>(surroundings, (call, options, name = '') => set(call, name, options)),
    );
  group
    .command('remove')
    .argument('<name>')
    .description('remove a rule, also one that came with the hub')
    .action(calling(surroundings, (call, _, name = '') => remove(call, name)));
}

async function listRules(call: Call): Promise<void> {
  const answer = await call.hub.list(route`approval-rules`, RuleView);
  call.showPage(answer, (rules) =>
    columns(
      ['NAME', 'LEVEL', 'ROLES', 'PEOPLE', 'ABOUT', 'BESIDES', 'BY', 'AT'],
      rules.map((rule) => [
        ...[rule.name, rule.level, listed(rule.requiredRoles)],
        rule.requiredApprovers ?? rule.requiredRoles.length,
        ...[aboutOf(rule), besidesOf(rule), rule.by ?? 'the hub', second(rule.at)],
      ]),
    ),
  );
}

/** The rule that was seen is the one that is replaced: nobody's change is lost unseen. */
async function set(call: Call, name: string, options: RuleOptions): Promise<void> {
  const path = route`approval-rules/${name}`;
  const old = await find(call, name);
  const rule = ruleOf(options);
  const answer =
    old === undefined
      ? await call.hub.send('POST', route`approval-rules`, RuleView, {
          body: { name, ...rule },
        })
      : await call.hub.send('PUT', path, RuleView, {
          body: rule,
          seen: old.body.version,
        });
  call.show(answer, (made) =>
    [`${old === undefined ? 'made' : 'is'}: ${ruleInWords(made)}`, ...wasOf(old)].join('\n'),
  );
}

async function remove(call: Call, name: string): Promise<void> {
  const { body } = await call.hub.get(route`approval-rules/${name}`, RuleView);
  const answer = await call.hub.remove(route`approval-rules/${name}`, body.version);
  call.show(answer, () => `removed: ${ruleInWords(body)}`);
}

async function find(call: Call, name: string): Promise<Answer<RuleView> | undefined> {
  try {
    return await call.hub.get(route`approval-rules/${name}`, RuleView);
  } catch (error) {
    if (error instanceof HubRefusal && error.problem.code === 'approval/rule_not_found') {
      return undefined;
    }
    throw error;
  }
}

function ruleOf({ roles, approvers, escalateAfter, escalateTo, ...options }: RuleOptions): object {
  const { ttlHours, requestTtlHours, notBefore, level, allowAuthor } = options;
  const escalates = escalateAfter !== undefined || escalateTo !== undefined;
  return {
    ...selectorOf(options),
    ...given({ requiredApprovers: approvers, ttlHours, requestTtlHours, notBefore }),
    ...given({ level, allowAuthor }),
    requiredRoles: roles,
    ...(escalates && { escalation: given({ afterHours: escalateAfter, roles: escalateTo }) }),
  };
}

function wasOf(old: Answer<RuleView> | undefined): readonly string[] {
  return old === undefined ? [] : [`was: ${ruleInWords(old.body)}`];
}

function ruleInWords(rule: RuleView): string {
  const besides = besidesOf(rule);
  const people = rule.requiredApprovers ?? rule.requiredRoles.length;
  const words = [
    `${plain(rule.name)}: ${plain(listed(rule.requiredRoles))} (${people} in all)`,
    `about ${plain(aboutOf(rule))}`,
    ...(besides === '' ? [] : [plain(besides)]),
  ];
  return words.join(', ');
}

function aboutOf(rule: RuleView): string {
  const words = Object.values(selectorOf(rule)).map((value) =>
    typeof value === 'string' ? value : listed(value),
  );
  return words.length === 0 ? 'all plans' : words.join(' · ');
}

function besidesOf(rule: RuleView): string {
  const { ttlHours, requestTtlHours, notBefore, escalation, allowAuthor } = rule;
  return [
    ...(ttlHours === undefined ? [] : [`counts ${ttlHours} h`]),
    ...(requestTtlHours === undefined ? [] : [`asks for ${requestTtlHours} h`]),
    ...(notBefore === undefined ? [] : [`from ${second(notBefore)}`]),
    ...(escalation === undefined
      ? []
      : [`after ${escalation.afterHours} h also ${listed(escalation.roles)}`]),
    ...(allowAuthor ? ['authors too'] : []),
  ].join('; ');
}

function number(word: string): number {
  const value = Number(word);
  if (word.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It has to be a number.');
}
