import type { RulesView } from './pipeline-views.js';

/** The rules of the pipeline, as people are told them. */
export const DEPLOYMENT_RULES: Omit<RulesView, 'valid_promotion_paths'> = {
  rules: [
    'Direct deployment to PROD is forbidden - use /promote or /hotfix',
    'All PROD deployments require a backup via CHRONOS',
    'Hotfixes require a detailed reason and are audited',
    'Health checks must pass after every deployment',
    'Promotion requires healthy source environment',
  ],
  strategies: [
    { name: 'rolling', description: 'Gradual container replacement' },
    { name: 'blue_green', description: 'Zero-downtime swap' },
    { name: 'canary', description: 'Gradual traffic shift' },
    { name: 'immediate', description: 'Hotfix only - direct replacement' },
  ],
};
