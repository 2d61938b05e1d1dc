export { addToChannel, type ChannelAddition } from './add-to-channel.js';
export { type AdoptionInput, adoptRelease, leaveRelease } from './adopt-release.js';
export { changeEnvironmentLimit, changeProductLimit, changeSpokeLimit } from './change-limit.js';
export { createEnvironment, type NewEnvironment } from './create-environment.js';
export { createProduct, type NewProduct } from './create-product.js';
export { type EntityInput, putEntity } from './put-entity.js';
export { type NewRelease, registerRelease } from './register-release.js';
