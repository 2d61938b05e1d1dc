import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import ts from 'typescript';

/** A test that is said to show what becomes of a fault. */
export interface Proof {
  /** As it stands in the source: with `$name` or `${…}` where the test fills something in. */
  readonly title: string;
  /** From the page. */
  readonly path: string;
}

/** One fault of the page, as it is written there. */
export interface Fault {
  readonly number: number;
  readonly name: string;
  readonly proofs: readonly Proof[];
  /** What nobody has shown so far, and why; `undefined` if nothing is missing. */
  readonly notYet: string | undefined;
}

const HEADING = /^### (\d+)\. (.+)$/gm;
const LINK = /\[([^\]]+)\]\(([^)\s]+)\)/g;
const NOT_YET = /^Not yet: ([\s\S]+?)(?=\n\n|\n*$)/m;
/** Files whose tests some level runs: specs, and contracts, which specs run. */
const TESTS = /\.(spec|contract)\.ts$/;

/** The faults of a page: headings `### 1. Fault`, with links to tests and a `Not yet: reason`. */
export function faultsOf(page: string): readonly Fault[] {
  const headings = [...page.matchAll(HEADING)];
  return headings.map((heading, index) => {
    const begin = heading.index + heading[0].length;
    const next = headings[index + 1]?.index ?? page.length;
    // A heading of another kind ends the fault, too.
    const text = page.slice(begin, next).split(/^##? /m)[0] ?? '';
    const notYet = NOT_YET.exec(text)?.[1];
    return {
      number: Number(heading[1]),
      name: heading[2] ?? '',
      proofs: proofsIn(text),
      notYet: notYet === undefined ? undefined : unwrapped(notYet),
    };
  });
}

/** The links to tests in a text, in their order. */
export function proofsIn(text: string): readonly Proof[] {
  return [...text.matchAll(LINK)].map(([, title = '', path = '']) => ({
    title: unwrapped(title.replaceAll('\\', '')),
    path,
  }));
}

/** Everything that is not so in a page of faults; `folder` is the page's. Empty: it tells the truth. */
export function liesIn(page: string, folder: string): readonly string[] {
  const faults = faultsOf(page);
  const lies = faults.flatMap((fault) => liesOf(fault, folder));
  const numbers = faults.map(({ number }) => number);
  if (numbers.some((number, index) => number !== index + 1)) {
    lies.push(`the faults are numbered ${numbers.join(', ')}`);
  }
  const summary = summaryOf(faults);
  if (!unwrapped(page).includes(summary)) lies.push(`the page does not say: ${summary}`);
  return lies;
}

function liesOf({ number, proofs, notYet }: Fault, folder: string): string[] {
  const lies = proofs.flatMap((proof) => {
    const why = whyNoProof(proof, folder);
    return why === undefined ? [] : [`fault ${String(number)}: ${why}`];
  });
  if (proofs.length === 0 && notYet === undefined) {
    lies.push(`fault ${String(number)}: neither a test nor a reason why there is none`);
  }
  return lies;
}

/** Why the test is not there, or never runs; `undefined` if it is and does. `folder` is the page's. */
export function whyNoProof({ title, path }: Proof, folder: string): string | undefined {
  const file = normalize(join(folder, path));
  if (!TESTS.test(file)) return `${path} holds no tests`;
  if (!existsSync(file)) return `${path} does not exist`;
  const named = testsOf(readFileSync(file, 'utf8')).filter((test) => test.title === title);
  if (named.length === 0) return `${path} has no test "${title}"`;
  return named.every(({ skipped }) => skipped) ? `"${title}" in ${path} is skipped` : undefined;
}

/** How many faults are shown whole, in part and not at all, in the words of the page. */
export function summaryOf(faults: readonly Fault[]): string {
  const shown = faults.filter(({ proofs }) => proofs.length > 0);
  const partly = shown.filter(({ notYet }) => notYet !== undefined).length;
  const [all, whole, none] = [faults.length, shown.length - partly, faults.length - shown.length];
  return `Of ${String(all)} faults, ${String(whole)} are shown by tests, ${String(partly)} in part, and ${String(none)} not yet.`;
}

function unwrapped(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

interface NamedTest {
  readonly title: string;
  readonly skipped: boolean;
}

const SKIPPING = ['skip', 'todo', 'failing', 'xit', 'xtest', 'xdescribe'];
const TEST_WORDS = ['it', 'test', 'xit', 'xtest'];
const GROUP_WORDS = ['describe', 'xdescribe'];

/**
 * The tests that a source file has, by the text of their titles. One that is skipped only where the
 * machine has not what it takes (`const asRoot = isRoot ? it : it.skip`) is not skipped.
 */
export function testsOf(source: string): readonly NamedTest[] {
  const found: NamedTest[] = [];
  const testWords = [...TEST_WORDS];
  const visit = (node: ts.Node, outerSkipped: boolean): void => {
    let skipped = outerSkipped;
    if (isTestWhereItCan(node)) testWords.push(node.name.text);
    if (ts.isCallExpression(node)) {
      const words = wordsOf(node.expression);
      const [first = ''] = words;
      const isSkipping = words.some((word) => SKIPPING.includes(word));
      const title = titleOf(node.arguments[0]);
      if (GROUP_WORDS.includes(first)) skipped ||= isSkipping;
      if (testWords.includes(first) && title !== undefined) {
        found.push({ title, skipped: skipped || isSkipping });
      }
    }
    ts.forEachChild(node, (child) => {
      visit(child, skipped);
    });
  };
  visit(ts.createSourceFile('test.ts', source, ts.ScriptTarget.Latest, true), false);
  return found;
}

/** `const name = condition ? it : …` */
function isTestWhereItCan(
  node: ts.Node,
): node is ts.VariableDeclaration & { readonly name: ts.Identifier } {
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return false;
  const { initializer } = node;
  if (initializer === undefined || !ts.isConditionalExpression(initializer)) return false;
  return ts.isIdentifier(initializer.whenTrue) && initializer.whenTrue.text === 'it';
}

/** `it.each(rows)` is `it`, `each`; nothing for what begins otherwise. */
function wordsOf(callee: ts.Expression): readonly string[] {
  if (ts.isIdentifier(callee)) return [callee.text];
  if (ts.isPropertyAccessExpression(callee)) {
    return [...wordsOf(callee.expression), callee.name.text];
  }
  if (ts.isCallExpression(callee)) return wordsOf(callee.expression);
  return ts.isTaggedTemplateExpression(callee) ? wordsOf(callee.tag) : [];
}

function titleOf(argument: ts.Expression | undefined): string | undefined {
  if (argument === undefined) return undefined;
  if (ts.isStringLiteralLike(argument)) return argument.text;
  return ts.isTemplateExpression(argument) ? argument.getText().slice(1, -1) : undefined;
}
