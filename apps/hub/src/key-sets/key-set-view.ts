import type { KeySetRecord } from '@apollo-deploy/orchestration';
import { ApiProperty } from '@nestjs/swagger';

class SigningKeyView {
  @ApiProperty({ description: 'SHA-256 of the key (SPKI, DER).' })
  keyId!: string;

  @ApiProperty({ description: 'Ed25519, 32 bytes in base64url.' })
  publicKey!: string;

  @ApiProperty({ enum: ['plan'] })
  purpose!: string;
}

/** The keys that sign plans, from a version on. */
export class KeySetView {
  @ApiProperty()
  version!: number;

  @ApiProperty({ description: 'How many of the keys have to sign a plan, and the next key set.' })
  threshold!: number;

  @ApiProperty({ type: [SigningKeyView] })
  keys!: readonly SigningKeyView[];

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'From then on none of the keys counts; null: they have no end.',
  })
  expiresAt!: string | null;

  @ApiProperty({ format: 'date-time' })
  addedAt!: string;

  @ApiProperty()
  addedBy!: string;
}

export class AddedKeySetView extends KeySetView {
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Why the replica that answers sends nothing to spokes that go by this key set, and what to do; null: it does. Of other replicas it says nothing.',
  })
  warning!: string | null;
}

export function keySetView(stored: KeySetRecord): KeySetView {
  const { version, threshold, keys, expiresAt, addedAt, addedBy } = stored;
  return { version, threshold, keys, expiresAt: expiresAt ?? null, addedAt, addedBy };
}
