import type { DependencyDeclaration } from '../catalog/release.js';
import { storedRangeAllows } from '../catalog/stored-range-allows.js';
import { parseVersion } from '../catalog/version.js';
import type { DependencyFacts, Installation } from './dependency-facts.js';
import type { KnownViolation } from './violation-codes.js';

/**
 * What the versions around a plan forbid: a required product that is not there or out of range, or an
 * installed dependent whose own range the target leaves. These choose among candidate releases.
 */
export function dependencyRangeViolations(facts: DependencyFacts): readonly KnownViolation[] {
  const violations: KnownViolation[] = [];
  for (const declaration of facts.declared) addNeedViolations(facts, declaration, violations);
  addDependentViolations(facts, violations);
  return violations;
}

/** Dependencies that are there, in range, and do not run: they hold a plan, and choose nothing. */
export function dependencyHealthViolations(facts: DependencyFacts): readonly KnownViolation[] {
  return facts.declared.flatMap((declaration) =>
    providersOf(facts, declaration)
      .filter(({ version, running }) => version !== null && !running)
      .map(({ entity, trouble }) => ({
        code: 'dependency_unhealthy',
        message: `${facts.product} ${facts.targetVersion ?? ''} needs ${declaration.product} to run; ${entity} does not: ${trouble}`,
        data: { product: declaration.product, entity, range: declaration.range },
      })),
  );
}

function addNeedViolations(
  facts: DependencyFacts,
  declaration: DependencyDeclaration,
  violations: KnownViolation[],
): void {
  const providers = providersOf(facts, declaration);
  if (providers.length === 0) {
    if (!declaration.optional) violations.push(nowhere(facts, declaration));
    return;
  }
  for (const provider of providers) {
    const { version } = provider;
    if (version !== null && storedRangeAllows(declaration.range, version)) continue;
    violations.push(providerViolation(facts, declaration, provider));
  }
}

/** Who a dependency looks at: those installed on the same spoke; where none is, all of the product. */
function providersOf(
  { spoke, others }: DependencyFacts,
  { product, optional }: DependencyDeclaration,
): readonly Installation[] {
  const here: Installation[] = [];
  const elsewhere: Installation[] = [];
  for (const other of others) {
    if (other.product !== product) continue;
    if (other.version !== null && other.spoke === spoke) here.push(other);
    else if (other.version !== null || !optional) elsewhere.push(other);
  }
  return here.length > 0 ? here : elsewhere;
}

function tellNeed(facts: DependencyFacts, { product, range }: DependencyDeclaration): string {
  return `${facts.product} ${facts.targetVersion ?? ''} needs ${product} ${range}`;
}

function nowhere(facts: DependencyFacts, declaration: DependencyDeclaration): KnownViolation {
  const { product, range } = declaration;
  const message = `${tellNeed(facts, declaration)}, and it is not installed in this environment`;
  return { code: 'dependency_missing', message, data: { product, range, version: null } };
}

function providerViolation(
  facts: DependencyFacts,
  declaration: DependencyDeclaration,
  { entity, version, dependencies, coming }: Installation,
): KnownViolation {
  const { product, range } = declaration;
  const needs = tellNeed(facts, declaration);
  const data = { product, range, entity, version };
  if (version !== null) {
    const is = coming === true ? 'is being taken to' : 'runs';
    const message = `${needs}; ${entity} ${is} ${version}${tellForeign(version, product, entity)}`;
    return { code: 'dependency_version', message, data };
  }
  if (dependencies.some((back) => back.product === facts.product && !back.optional)) {
    const message = `${needs}, and ${product} needs ${facts.product}; declare one of the two optional, or install one of them with a release that does not need the other`;
    return { code: 'dependency_cycle', message, data };
  }
  const message = `${needs}, and ${entity} is not installed yet`;
  return { code: 'dependency_missing', message, data };
}

/** The way out where what runs is a chart of somebody else, whose version no range can hold. */
function tellForeign(version: string, product: string, entity: string): string {
  if (parseVersion(version).ok) return '';
  return `, which is no MAJOR.MINOR.PATCH version and so in no range: deploy a registered release of ${product} to ${entity}`;
}

/** Of what is installed and needs the product here: those beside it, and those with none of their own. */
function addDependentViolations(facts: DependencyFacts, violations: KnownViolation[]): void {
  const { targetVersion } = facts;
  let withTheirOwn: ReadonlySet<string> | undefined;
  for (const other of facts.others) {
    if (other.version === null) continue;
    const declaration = declarationOf(other, facts.product);
    if (declaration === undefined) continue;
    if (other.spoke !== facts.spoke) {
      withTheirOwn ??= spokesWith(facts);
      if (withTheirOwn.has(other.spoke)) continue;
    }
    const { range, optional } = declaration;
    const keepsIt = targetVersion === null ? optional : storedRangeAllows(range, targetVersion);
    if (!keepsIt) violations.push(dependentViolation(facts, other, declaration));
  }
}

/** The spokes that have the product installed, this plan's own not counted. */
function spokesWith({ product, others }: DependencyFacts): ReadonlySet<string> {
  const spokes = new Set<string>();
  for (const other of others) {
    if (other.product === product && other.version !== null) spokes.add(other.spoke);
  }
  return spokes;
}

function declarationOf(
  { dependencies }: Installation,
  product: string,
): DependencyDeclaration | undefined {
  for (const declaration of dependencies) if (declaration.product === product) return declaration;
  return undefined;
}

/** An installed dependent keeps what it needs: an upgrade or an uninstall must not break it. */
function dependentViolation(
  { declared, product, targetVersion }: DependencyFacts,
  other: Installation,
  { range }: DependencyDeclaration,
): KnownViolation {
  const data = { entity: other.entity, product: other.product, range, version: targetVersion };
  const who = `${other.entity} (${other.product} ${other.version ?? ''})`;
  if (targetVersion === null) {
    const message = `${who} needs ${product} ${range}; uninstall it first`;
    return { code: 'dependent_needs_it', message, data };
  }
  const deadlock = declared.some(({ product: needed }) => needed === other.product);
  return {
    code: deadlock ? 'dependency_deadlock' : 'dependent_range',
    message: deadlock
      ? `${who} needs ${product} ${range}, and ${product} ${targetVersion} needs another ${other.product}; release one of the two with a range that allows both versions of the other`
      : `${who} needs ${product} ${range}, which ${targetVersion} is not; bring it to a release that allows ${targetVersion} first, or take it down`,
    data,
  };
}
