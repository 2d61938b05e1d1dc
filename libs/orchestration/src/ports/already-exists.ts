/** The name is taken. */
export interface AlreadyExists {
  readonly code: 'already_exists';
}
