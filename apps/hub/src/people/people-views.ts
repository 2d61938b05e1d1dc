import {
  type Authority,
  type Permission,
  PERMISSIONS,
  type Role,
  ROLES,
} from '@apollo-deploy/domain';
import type { ApiTokenRecord, PersonRecord, Principal } from '@apollo-deploy/orchestration';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

const ROLE_LIST = {
  type: 'array',
  items: { type: 'string', enum: [...ROLES] as string[] },
} as const;
const PERMISSION_LIST = {
  type: 'array',
  items: { type: 'string', enum: [...PERMISSIONS] as string[] },
} as const;

class RoleGrantView {
  @ApiProperty()
  environment!: string;

  @ApiProperty(ROLE_LIST)
  roles!: readonly Role[];
}

export class PersonView {
  @ApiProperty()
  name!: string;

  @ApiProperty({ ...ROLE_LIST, description: 'In every environment.' })
  roles!: readonly Role[];

  @ApiProperty({ type: [RoleGrantView], description: 'In single environments besides.' })
  grants!: readonly RoleGrantView[];

  @ApiProperty({ description: 'Nobody may act under this name.' })
  disabled!: boolean;

  @ApiProperty({ description: 'No person: it acts by tokens only and agrees to nothing.' })
  machine!: boolean;

  @ApiProperty()
  createdBy!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty()
  version!: number;
}

export function personView({ machine = false, ...person }: PersonRecord): PersonView {
  return { ...person, machine };
}

class PlacePermissionsView {
  @ApiProperty()
  environment!: string;

  @ApiProperty(PERMISSION_LIST)
  permissions!: readonly Permission[];
}

/** Whom the hub takes the sender of a request for. */
export class MeView {
  @ApiProperty()
  name!: string;

  @ApiProperty({ enum: ['person', 'machine'] })
  kind!: string;

  @ApiProperty({ ...PERMISSION_LIST, description: 'In every environment, with these credentials.' })
  permissions!: readonly Permission[];

  @ApiProperty({ type: [PlacePermissionsView], description: 'Where it is something else.' })
  inEnvironments!: readonly PlacePermissionsView[];
}

export function meView({ name, kind }: Principal, authority: Authority): MeView {
  return {
    name,
    kind,
    permissions: authority.everywhere,
    inEnvironments: [...authority.inEnvironments].map(([environment, permissions]) => ({
      environment,
      permissions,
    })),
  };
}

export class TokenView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ description: 'Who acts by it.' })
  owner!: string;

  @ApiProperty(PERMISSION_LIST)
  scopes!: readonly Permission[];

  @ApiPropertyOptional({ type: [String], description: 'Absent = wherever the owner may.' })
  environments?: readonly string[];

  @ApiProperty()
  createdBy!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;

  @ApiPropertyOptional({ format: 'date-time' })
  revokedAt?: string;

  @ApiPropertyOptional()
  revokedBy?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'May be a minute behind.' })
  lastUsedAt?: string;
}

export function tokenView({ hash: _, scope, ...token }: ApiTokenRecord): TokenView {
  const { permissions, environments } = scope;
  return { ...token, scopes: permissions, ...(environments !== undefined && { environments }) };
}

export class NewTokenView extends TokenView {
  @ApiProperty({ description: 'Shown once; the hub keeps only its SHA-256.' })
  token!: string;
}
