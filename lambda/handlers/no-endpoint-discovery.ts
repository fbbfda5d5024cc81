/**
 * Stands in for `@aws-sdk/middleware-endpoint-discovery` in the bundle, under the two names that DynamoDB's client
 * imports from it. With it the client would remember endpoints that DynamoDB names for itself; no command of this
 * client asks for them, so all it did was to make a cache of a thousand places at the start.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: undefined,
};

/** The client's configuration, as it is. */
export function resolveEndpointDiscoveryConfig<T>(config: T): T {
  return config;
}
