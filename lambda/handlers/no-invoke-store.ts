/**
 * Replaces `@aws/lambda-invoke-store` in the bundle. The SDK asks it for the trace of the current event where one process
 * handles several at once; an ordinary function handles one, and its trace is in the environment.
 */
export const InvokeStore = {
  getInstanceAsync: (): Promise<undefined> => Promise.resolve(undefined),
};
