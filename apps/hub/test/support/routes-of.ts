import type { NestExpressApplication } from '@nestjs/platform-express';

interface Served {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** What Nest serves, as `get /api/v1/plans/{id}`, without its description. */
export function routesOf(app: NestExpressApplication): readonly string[] {
  const { router } = app.getHttpAdapter().getInstance() as unknown as {
    router: { stack: readonly Served[] };
  };
  return router.stack
    .flatMap(({ route }) => (route === undefined ? [] : [route]))
    .filter(({ path }) => !/^\/?api\/(docs|openapi)/.test(path))
    .flatMap(({ path, methods }) => {
      const spelled = path.replace(/:(\w+)/g, '{$1}');
      return Object.keys(methods).map(
        (method) => `${method} ${spelled.startsWith('/') ? '' : '/'}${spelled}`,
      );
    });
}
