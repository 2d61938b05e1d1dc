export { VirtualTime } from '@apollo-deploy/orchestration/testing';
