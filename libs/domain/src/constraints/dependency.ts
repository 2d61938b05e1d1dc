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
  return [
    ...facts.declared.flatMap((declaration) => rangeViolations(facts, declaration)),
    ...facts.others.flatMap((other) => dependentViolations(facts, other)),
  ];
}

/** Dependencies that are there, in range, and do not run: they hold a plan, and choose nothing. */
export function dependencyHealthViolations(facts: DependencyFacts): readonly KnownViolation[] {
  return facts.declared.flatMap((declaration) =>
    providers(facts, declaration)
      .filter(({ version, running }) => version !== null && !running)
      .map(({ entity, trouble }) => ({
        code: 'dependency_unhealthy',
        message: `${facts.product} ${facts.targetVersion ?? ''} needs ${declaration.product} to run; ${entity} does not: ${trouble}`,
        data: { product: declaration.product, entity, range: declaration.range },
      })),
  );
}

/** Where a dependency is looked for: on the same spoke if installed there, else all over. */
function providers(
  { spoke, others }: DependencyFacts,
  { product, optional }: DependencyDeclaration,
): readonly Installation[] {
  const all = others.filter((other) => other.product === product);
  const here = all.filter((other) => other.spoke === spoke && other.version !== null);
  if (here.length > 0) return here;
  const installed = all.filter(({ version }) => version !== null);
  return optional ? installed : all;
}

function rangeViolations(
  facts: DependencyFacts,
  declaration: DependencyDeclaration,
): readonly KnownViolation[] {
  const { product, range, optional } = declaration;
  const found = providers(facts, declaration);
  const needs = `${facts.product} ${facts.targetVersion ?? ''} needs ${product} ${range}`;
  if (found.length === 0) {
    if (optional) return [];
    const message = `${needs}, and it is not installed in this environment`;
    return [{ code: 'dependency_missing', message, data: { product, range, version: null } }];
  }
  return found.flatMap((provider) => providerViolation(facts, declaration, provider, needs));
}

function providerViolation(
  facts: DependencyFacts,
  { product, range }: DependencyDeclaration,
  { entity, version, dependencies }: Installation,
  needs: string,
): readonly KnownViolation[] {
  const data = { product, range, entity, version };
  if (version === null) {
    if (dependencies.some((back) => back.product === facts.product && !back.optional)) {
      const message = `${needs}, and ${product} needs ${facts.product}; declare one of the two optional, or install one of them with a release that does not need the other`;
      return [{ code: 'dependency_cycle', message, data }];
    }
    const message = `${needs}, and ${entity} is not installed yet`;
    return [{ code: 'dependency_missing', message, data }];
  }
  if (rangeAllows(storedRanges.of(range), storedVersions.of(version))) return [];
  return [{ code: 'dependency_version', message: `${needs}; ${entity} runs ${version}`, data }];
}

/** An installed dependent keeps what it needs: an upgrade or an uninstall must not break it. */
function dependentViolations(
  facts: DependencyFacts,
  other: Installation,
): readonly KnownViolation[] {
  if (other.version === null) return [];
  const declaration = other.dependencies.find(({ product }) => product === facts.product);
  if (declaration === undefined) return [];
  const looksHere = other.spoke === facts.spoke || !installedBeside(facts, other);
  if (!looksHere) return [];
  const { targetVersion, product } = facts;
  const { range, optional } = declaration;
  const data = { entity: other.entity, product: other.product, range, version: targetVersion };
  if (targetVersion === null) {
    if (optional) return [];
    const message = `${other.entity} (${other.product} ${other.version}) needs ${product} ${range}; uninstall it first`;
    return [{ code: 'dependent_needs_it', message, data }];
  }
  if (rangeAllows(storedRanges.of(range), storedVersions.of(targetVersion))) return [];
  const deadlock = facts.declared.some(({ product: needed }) => needed === other.product);
  return [
    {
      code: deadlock ? 'dependency_deadlock' : 'dependent_range',
      message: deadlock
        ? `${other.entity} (${other.product} ${other.version}) needs ${product} ${range}, and ${product} ${targetVersion} needs another ${other.product}; release one of the two with a range that allows both versions of the other`
        : `${other.entity} (${other.product} ${other.version}) needs ${product} ${range}, which ${targetVersion} is not; upgrade it first`,
      data,
    },
  ];
}

/** Whether the dependent's own spoke has the product, so that it does not look at this one. */
function installedBeside({ product, others }: DependencyFacts, dependent: Installation): boolean {
  return others.some(
    (other) =>
      other.product === product && other.spoke === dependent.spoke && other.version !== null,
  );
}
