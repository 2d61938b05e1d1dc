import { proofsIn, type Proof, whyNoProof } from './fault-table.js';

/** One kind of bad input, as the page has it. */
export interface BadInput {
  /** The heading it stands under. */
  readonly at: string;
  readonly name: string;
  readonly proofs: readonly Proof[];
  /** Why no test shows it: there is nothing here that could take it, or it is not refused yet. */
  readonly reason: string | undefined;
}

const SECTION = /^## (.+)$/gm;
/** `- **name**: …`, with the lines that go on with it. */
const ITEM = /^- \*\*([^*]+)\*\*: (.*(?:\n(?!- |\n|#).*)*)/gm;
const REASON = /\b(?:Does not apply|Not yet): (\S.+)/s;

/** The kinds of bad input of a page: lists of `- **name**: what happens. [test](path)`. */
export function badInputsOf(page: string): readonly BadInput[] {
  const sections = [...page.matchAll(SECTION)];
  return sections.flatMap((section, index) => {
    const text = page.slice(section.index, sections[index + 1]?.index ?? page.length);
    return [...text.matchAll(ITEM)].map(([, name = '', rest = '']) => ({
      ...{ at: section[1] ?? '', name, proofs: proofsIn(rest) },
      reason: REASON.exec(rest)?.[1],
    }));
  });
}

/** Everything that is not so in a page of bad inputs; `folder` is the page's. Empty: it tells the truth. */
export function liesInBadInputs(page: string, folder: string): readonly string[] {
  const inputs = badInputsOf(page);
  const points = [...page.matchAll(/^\s*[-*] /gm)].length;
  const lies = inputs.flatMap((input) => liesOf(input, folder));
  if (points !== inputs.length) {
    lies.push(`${String(points - inputs.length)} points are not of the form "- **name**: …"`);
  }
  return lies;
}

function liesOf({ at, name, proofs, reason }: BadInput, folder: string): string[] {
  const where = `${at}, ${name}`;
  const lies = proofs.flatMap((proof) => {
    const why = whyNoProof(proof, folder);
    return why === undefined ? [] : [`${where}: ${why}`];
  });
  if (proofs.length === 0 && reason === undefined) {
    lies.push(`${where}: neither a test nor a reason why there is none`);
  }
  return lies;
}
