/** The same thing, but some of its members are others. What stays the same works as before. */
export function overlaid<T extends object>(original: T, members: Partial<T>): T {
  return new Proxy(original, {
    get: (target, name): unknown => Reflect.get(name in members ? members : target, name),
  });
}
