import type { IncomingMessage } from 'node:http';

/** Where people send requests by hand, such as `curl -d '{…}'`, which says that it sends a form. */
const PATH = /^\/(deploy|promote|hotfix|rollback)\/?$/i;
const JSON_TYPE = /^application\/json *(;|$)/i;

type Sent = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** Whether a request is one to the pipeline, whose body is JSON whatever it says that it is. */
export function isPipelineRequest({ method, url }: Pick<Sent, 'method' | 'url'>): boolean {
  return method === 'POST' && PATH.test(url?.split('?', 1)[0] ?? '');
}

/** Whether the body of a request is read as JSON. */
export function isReadAsJson(request: Sent): boolean {
  return isPipelineRequest(request) || JSON_TYPE.test(request.headers['content-type'] ?? '');
}
