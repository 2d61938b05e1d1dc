import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { HUB_VERSION } from '../platform/hub-version.js';

/** Serves the description of all routes at `/api/openapi.json`, and as pages at `/api/docs`. */
export function serveOpenApi(app: INestApplication): void {
  const head = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Apollo')
    .setDescription('Says what should run where, why it does not yet, and what really runs.')
    .setVersion(HUB_VERSION)
    .build();
  const document = SwaggerModule.createDocument(app, head);
  SwaggerModule.setup('api/docs', app, document, {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
  });
}
