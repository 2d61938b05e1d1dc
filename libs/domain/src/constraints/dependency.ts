import { storedRanges, storedVersions } from '../catalog/parsed-texts.js';
import type { DependencyDeclaration } from '../catalog/release.js';
import { rangeAllows } from '../catalog/version-range.js';
import type { DependencyFacts, Installation } from './dependency-facts.js';
import type { KnownViolation } from './violation-codes.js';

/**
 * What the versions around a plan forbid: a required product that is not there or out of range, or an
 * installed dependent whose own range the target leaves. These choose among candidate releases.
 */
export function dependencyRangeViolations(facts: DependencyFacts): readonly KnownViolation[] {
  const violations: KnownViolation[] = [];
  for (const declaration of facts.declared) {
    const here = isHere(facts, declaration);
    let found = false;
    for (const other of facts.others) {
      if (!provides(facts, declaration, here, other)) continue;
      found = true;
      if (isInRange(declaration, other.version)) continue;
      violations.push(providerViolation(facts, declaration, other));
    }
    if (!found && !declaration.optional) violations.push(nowhere(facts, declaration));
  }
  addDependentViolations(facts, violations);
  return violations;
}

/** Dependencies that are there, in range, and do not run: they hold a plan, and choose nothing. */
export function dependencyHealthViolations(facts: DependencyFacts): readonly KnownViolation[] {
  return facts.declared.flatMap((declaration) => {
    const here = isHere(facts, declaration);
    return facts.others
      .filter((other) => provides(facts, declaration, here, other))
      .filter(({ version, running }) => version !== null && !running)
      .map(({ entity, trouble }) => ({
        code: 'dependency_unhealthy',
        message: `${facts.product} ${facts.targetVersion ?? ''} needs ${declaration.product} to run; ${entity} does not: ${trouble}`,
        data: { product: declaration.product, entity, range: declaration.range },
      }));
  });
}

/** Whether what is needed is installed on the same spoke: then nobody looks elsewhere. */
function isHere({ spoke, others }: DependencyFacts, { product }: DependencyDeclaration): boolean {
  for (const other of others) {
    if (other.product === product && other.version !== null && other.spoke === spoke) return true;
  }
  return false;
}

/** Whether a dependency looks at this one: what is installed here, else all over. */
function provides(
  { spoke }: DependencyFacts,
  { product, optional }: DependencyDeclaration,
  here: boolean,
  other: Installation,
): boolean {
  if (other.product !== product) return false;
  if (here) return other.version !== null && other.spoke === spoke;
  return other.version !== null || !optional;
}

function isInRange({ range }: DependencyDeclaration, version: string | null): boolean {
  return version !== null && rangeAllows(storedRanges.of(range), storedVersions.of(version));
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
    return { code: 'dependency_version', message: `${needs}; ${entity} ${is} ${version}`, data };
  }
  if (dependencies.some((back) => back.product === facts.product && !back.optional)) {
    const message = `${needs}, and ${product} needs ${facts.product}; declare one of the two optional, or install one of them with a release that does not need the other`;
    return { code: 'dependency_cycle', message, data };
  }
  const message = `${needs}, and ${entity} is not installed yet`;
  return { code: 'dependency_missing', message, data };
}

/** Of what is installed and needs the product here: those beside it, and those with none of their own. */
function addDependentViolations(facts: DependencyFacts, violations: KnownViolation[]): void {
  const target = facts.targetVersion === null ? null : storedVersions.of(facts.targetVersion);
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
    const keepsIt = target === null ? optional : rangeAllows(storedRanges.of(range), target);
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
      : `${who} needs ${product} ${range}, which ${targetVersion} is not; upgrade it first`,
    data,
  };
}
