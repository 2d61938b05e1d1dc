import { type DynamicModule, Module } from '@nestjs/common';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { ApprovalsModule } from './approvals/approvals.module.js';
import { AuditModule } from './audit/audit.module.js';
import { BreakGlassModule } from './break-glass/break-glass.module.js';
import { CatalogModule } from './catalog/catalog.module.js';
import { ConstraintsModule } from './constraints/constraints.module.js';
import { EntitiesModule } from './entities/entities.module.js';
import { EventsModule } from './events/events.module.js';
import { FleetModule } from './fleet/fleet.module.js';
import { HoldsModule } from './holds/holds.module.js';
import { HttpModule } from './http/http.module.js';
import { IntegrationsModule } from './integrations/integrations.module.js';
import { KeySetsModule } from './key-sets/key-sets.module.js';
import { LoginModule } from './login/login.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { PeopleModule } from './people/people.module.js';
import { PipelineModule } from './pipeline/pipeline.module.js';
import { PlansModule } from './plans/plans.module.js';
import { type HubParts, PlatformModule } from './platform/platform.module.js';
import { RecallsModule } from './recalls/recalls.module.js';
import { SchedulesModule } from './schedules/schedules.module.js';
import { SpokesModule } from './spokes/spokes.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The whole hub. Holds nothing itself. */
@Module({})
export class HubModule {
  static with(parts: HubParts): DynamicModule {
    return {
      module: HubModule,
      imports: [
        PlatformModule.with(parts),
        HttpModule,
        CatalogModule,
        EntitiesModule,
        PlansModule,
        ConstraintsModule,
        ApprovalsModule,
        BreakGlassModule,
        PipelineModule,
        HoldsModule,
        RecallsModule,
        SchedulesModule,
        FleetModule,
        KeySetsModule,
        PeopleModule,
        LoginModule,
        AnalyticsModule,
        AuditModule,
        EventsModule,
        SpokesModule,
        IntegrationsModule,
        NotificationsModule,
        WebhooksModule,
      ],
    };
  }
}
