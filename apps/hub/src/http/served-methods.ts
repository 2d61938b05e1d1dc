/** As Express keeps them: paths such as `/api/v1/plans/:id`, methods in lower case. */
interface Route {
  readonly path: string;
  readonly methods: Readonly<Record<string, boolean>>;
}

/** The part of Express that knows its routes. */
export interface RoutedServer {
  readonly router: { readonly stack: readonly { readonly route?: Route }[] };
}

/** The methods that the hub serves at this path, in the order of the alphabet; none = no such path. */
export function servedMethods({ router }: RoutedServer, path: string): readonly string[] {
  const methods = router.stack
    .flatMap(({ route }) => (route !== undefined && isAt(route.path, path) ? [route.methods] : []))
    .flatMap((served) => Object.keys(served).map((method) => method.toUpperCase()));
  // Express answers HEAD wherever it answers GET.
  const all = new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods);
  return [...all].sort();
}

function isAt(pattern: string, path: string): boolean {
  const [wanted, given] = [partsOf(pattern), partsOf(path)];
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith(':') || part === given[index])
  );
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}
