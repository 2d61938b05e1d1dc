import type { IncomingMessage } from 'node:http';
import type { Timer } from '@apollo-deploy/kube';

/** Whoever answers more, or more slowly, is not listened to. */
const LONGEST_BODY = 8192;
const PATIENCE_MS = 2000;

/** What an answer says, as far as it comes in 2 s and 8 KiB. Never throws. */
export function readBody(response: IncomingMessage, timer: Timer): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const settle = (): void => {
      cancel();
      resolve(text);
    };
    const cancel = timer.after(PATIENCE_MS, settle);
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text = (text + part).slice(0, LONGEST_BODY);
      if (text.length === LONGEST_BODY) settle();
    });
    response.on('error', settle);
    response.on('close', settle);
  });
}
