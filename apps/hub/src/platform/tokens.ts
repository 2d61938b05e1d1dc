/** Names under which the platform's parts are injected. Each is provided by `PlatformModule`. */
export const HUB_CONFIG = Symbol('HubConfig');
export const CLOCK = Symbol('Clock');
export const IDS = Symbol('Ids');
export const STORE = Symbol('Store');
/** The `Context` that use cases take: store, clock and ids. */
export const CONTEXT = Symbol('Context');
/** The one `OrchestrationEngine` of this process. */
export const ENGINE = Symbol('OrchestrationEngine');
