import type { KindRule } from '../kind-rule.js';
import { apiServiceStatus } from './api-service.js';
import { cronJobStatus } from './cron-job.js';
import { customResourceDefinitionStatus } from './custom-resource-definition.js';
import { daemonSetStatus } from './daemon-set.js';
import { deploymentStatus } from './deployment.js';
import { horizontalPodAutoscalerStatus } from './horizontal-pod-autoscaler.js';
import { ingressStatus } from './ingress.js';
import { jobStatus } from './job.js';
import { persistentVolumeClaimStatus } from './persistent-volume-claim.js';
import { podDisruptionBudgetStatus } from './pod-disruption-budget.js';
import { podStatus } from './pod.js';
import { replicaSetStatus } from './replica-set.js';
import { serviceStatus } from './service.js';
import { statefulSetStatus } from './stateful-set.js';

/** The built-in rules by `kindKey`. Every other kind is judged by `genericStatus`. */
export const KIND_RULES = {
  'APIService.apiregistration.k8s.io': apiServiceStatus,
  'CronJob.batch': cronJobStatus,
  'CustomResourceDefinition.apiextensions.k8s.io': customResourceDefinitionStatus,
  'DaemonSet.apps': daemonSetStatus,
  'Deployment.apps': deploymentStatus,
  'HorizontalPodAutoscaler.autoscaling': horizontalPodAutoscalerStatus,
  'Ingress.networking.k8s.io': ingressStatus,
  'Job.batch': jobStatus,
  PersistentVolumeClaim: persistentVolumeClaimStatus,
  Pod: podStatus,
  'PodDisruptionBudget.policy': podDisruptionBudgetStatus,
  'ReplicaSet.apps': replicaSetStatus,
  Service: serviceStatus,
  'StatefulSet.apps': statefulSetStatus,
} as const satisfies Record<string, KindRule>;
