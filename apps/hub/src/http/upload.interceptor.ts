import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Observable } from 'rxjs';
import type { HubRequest } from './hub-request.js';
import { unacceptableJson } from './inspect-content.js';
import { readForm } from './read-form.js';
import { Refused } from './refused.js';

interface UploadRules {
  /** Name of the part that is a file. */
  readonly file: string;
  /** Texts that are JSON; they reach the handler parsed. */
  readonly json: readonly string[];
}

/** Marks a handler that also takes a multipart form with one file. */
export const AcceptsUpload = Reflector.createDecorator<UploadRules>();

/** Reads forms for the handlers that take them, after authentication; refuses them elsewhere. */
export class UploadInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly limitBytes: number,
  ) {}

  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = execution.switchToHttp().getRequest<HubRequest>();
    if (!request.is('multipart/form-data')) return next.handle();
    const rules = this.reflector.get<UploadRules | undefined>(
      AcceptsUpload,
      execution.getHandler(),
    );
    if (rules === undefined) {
      throw new Refused('http/unsupported_media_type', {
        detail: 'this route takes no form; accepted is application/json',
        field: 'Content-Type',
      });
    }
    await readForm(request, { file: rules.file, limitBytes: this.limitBytes });
    request.body = parseTexts(request.body as Readonly<Record<string, unknown>>, rules.json);
    const refused = unacceptableJson(request.body);
    if (refused !== undefined) throw refused;
    return next.handle();
  }
}

function parseTexts(
  fields: Readonly<Record<string, unknown>>,
  json: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      json.includes(name) && typeof value === 'string' ? parseText(name, value) : value,
    ]),
  );
}

function parseText(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused('http/invalid_request', {
      detail: `${field} cannot be read as JSON; accepted is a JSON list`,
      field,
    });
  }
}
