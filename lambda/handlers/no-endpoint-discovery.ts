/**
 * Replaces `@aws-sdk/middleware-endpoint-discovery` in the bundle, under the two names that DynamoDB's client imports
 * from it. The original caches endpoints that DynamoDB announces; no command of this client requests them, so all it did
 * was to allocate a cache of a thousand places at the start.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: undefined,
};

/** Returns the client's configuration unchanged. */
export function resolveEndpointDiscoveryConfig<T>(config: T): T {
  return config;
}
