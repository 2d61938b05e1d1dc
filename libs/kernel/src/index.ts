export { assertNever, InvariantViolation } from './assert-never.js';
export { canonicalJson, type Json } from './canonical-json.js';
export { jsonDigest, sha256Hex } from './digest.js';
export { parseJson } from './parse-json.js';
export { isServiceVariable, nearestName } from './setting-names.js';
export { shorten } from './shorten.js';
export { err, ok, type Err, type Ok, type Result } from './result.js';
