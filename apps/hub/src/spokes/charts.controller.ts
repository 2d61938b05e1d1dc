import { chartPath } from '@apollo-deploy/protocol';
import type { Principal, Store } from '@apollo-deploy/orchestration';
import { Controller, Get, Header, Inject, Param, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '../http/access.js';
import { Caller } from '../http/caller.js';
import { found } from '../http/refused.js';
import { STORE } from '../platform/tokens.js';

/**
 * Chart archives by their SHA-256, for spokes that carry out a plan: to each those of the products that it
 * has entities of. Part of the spoke protocol.
 */
@ApiExcludeController()
@Controller()
export class ChartsController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get(chartPath(':sha256'))
  @Access('spokes')
  @Header('Cache-Control', 'private, max-age=31536000, immutable')
  async read(
    @Caller() { name }: Principal,
    @Param('sha256') sha256: string,
  ): Promise<StreamableFile> {
    const bytes = await this.store.transact((unit) => unit.charts.getFor(name, sha256));
    const chart = found(
      bytes,
      'catalog/chart_not_found',
      `chart with the SHA-256 ${JSON.stringify(sha256)} among the products of spoke ${name}`,
    );
    return new StreamableFile(chart, { type: 'application/gzip', length: chart.byteLength });
  }
}
