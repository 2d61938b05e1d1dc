import {
  type Context,
  type Page,
  type PageRequest,
  reportedRelease,
} from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ChoiceField } from '../http/field.js';
import { PageQuery } from '../http/page-query.js';
import { found } from '../http/refused.js';

/** Which releases of a spoke. */
export class SpokeReleaseQuery extends PageQuery {
  @ChoiceField({
    choices: ['true', 'false'],
    optional: true,
    description: 'true = only releases that no entity stands for.',
  })
  unmanaged?: string;
}

/** A Helm release as its spoke last saw it. */
export class SpokeReleaseView {
  @ApiProperty()
  namespace!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'The entity that stands for it; null: nobody has told Apollo what should run here.',
  })
  entity!: string | null;

  @ApiProperty({ description: 'Its newest revision is the work of a plan.' })
  madeByApollo!: boolean;

  @ApiProperty({ description: 'Version of its chart.' })
  version!: string;

  @ApiProperty({ type: 'integer' })
  revision!: number;

  @ApiProperty()
  helmStatus!: string;

  @ApiProperty({ description: 'SHA-256 of its values as canonical JSON.' })
  valuesDigest!: string;

  @ApiProperty()
  health!: string;

  @ApiProperty()
  drifted!: boolean;

  @ApiPropertyOptional({ description: 'What is wrong with it, the first thing.' })
  message?: string;
}

/** A page of what a spoke reported; ends the request if there is no such spoke. */
export async function readSpokeReleases(
  { store }: Context,
  spoke: string,
  { unmanaged, ...page }: PageRequest & { readonly unmanaged: boolean },
): Promise<Page<SpokeReleaseView>> {
  return store.transact(async (unit) => {
    const what = `spoke ${JSON.stringify(spoke)}`;
    found(await unit.spokes.get(spoke), 'catalog/spoke_not_found', what);
    const { items, next } = await unit.releaseStates.list({ spoke, unmanaged }, page);
    const entities = new Map(
      (await unit.entities.ofSpokes([spoke])).map(({ namespace, releaseName, name }) => [
        `${namespace}/${releaseName}`,
        name,
      ]),
    );
    const views = items.map((summary): SpokeReleaseView => {
      const { namespace, releaseName: name } = summary;
      const release = reportedRelease(summary);
      return {
        ...{ namespace, name, entity: entities.get(`${namespace}/${name}`) ?? null },
        madeByApollo: release.planId !== undefined,
        ...{ version: release.version, revision: release.revision },
        ...{ helmStatus: release.helmStatus, valuesDigest: release.valuesDigest },
        ...{ health: release.health, drifted: release.drifted },
        ...(release.message !== undefined && { message: release.message }),
      };
    });
    return next === undefined ? { items: views } : { items: views, next };
  });
}
