/** The deployment, or an entity of it, was written at the same moment; it is followed again. */
export class DeploymentMoved extends Error {
  override readonly name = 'DeploymentMoved';
  readonly retryable = true;

  constructor(id: string) {
    super(`deployment ${id} or an entity of it was written at the same moment; it is tried again`);
  }
}
