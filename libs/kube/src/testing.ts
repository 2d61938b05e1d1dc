export { describeKubeApi, type KubeApiUnderTest } from './kube-api.contract.js';
export { EventRecorder } from './testing/event-recorder.js';
export {
  InMemoryKubeApi,
  type InMemoryKubeApiOptions,
  type KubeInterceptor,
  type KubeRequest,
} from './in-memory/in-memory-kube-api.js';
export { VirtualTimer } from './testing/virtual-timer.js';
