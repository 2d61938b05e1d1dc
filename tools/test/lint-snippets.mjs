// Reads `[{ path, code }]` from standard input and writes the lint messages of each as JSON. A program
// of its own, because the linter needs the plain module loader of Node.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

/** @type {readonly { path: string, code: string }[]} */
const snippets = JSON.parse(await text(process.stdin));
const eslint = new ESLint({ cwd: process.cwd() });
const answers = [];
for (const { path, code } of snippets) {
  const [result] = await eslint.lintText(code, { filePath: path });
  answers.push(result?.messages.map(({ ruleId, message }) => ruleId ?? message) ?? []);
}
console.log(JSON.stringify(answers));
