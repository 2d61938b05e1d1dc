import { Reflector } from '@nestjs/core';
import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '@apollo-deploy/kernel';
import type { HubRequest } from './hub-request.js';
import { Refused } from './refused.js';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** Marks a POST whose answer holds a secret: it is shown once and not kept for a repetition. */
export const SecretAnswer = Reflector.createDecorator<true>();

/** The key that the caller gave, if any. */
export function idempotencyKeyOf(request: HubRequest): string | undefined {
  const key = request.header(IDEMPOTENCY_KEY);
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new Refused('http/invalid_request', {
    detail: `${IDEMPOTENCY_KEY} is not usable; accepted are 1 to 255 visible ASCII characters`,
    field: IDEMPOTENCY_KEY,
  });
}

/** Equal for equal requests: method, address, body and upload. */
export function requestDigest({ method, originalUrl, body, upload }: HubRequest): string {
  const digest = createHash('sha256');
  digest.update(canonicalJson([method, originalUrl, (body ?? null) as Json]));
  if (upload !== undefined) digest.update('\0').update(upload);
  return digest.digest('hex');
}
