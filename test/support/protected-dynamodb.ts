import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen, stop } from '../../infra/local/http-server.ts';
import { isObject } from '../../lambda/core/parsed.ts';

/** A table's protection, which AWS reports and the embedded DynamoDB does not. */
export interface Protection {
  deletionProtection: boolean;
  pointInTimeRecovery: 'ENABLED' | 'DISABLED';
  /** The table's status, if not its own: the embedded DynamoDB changes no table. */
  status?: string;
}

/**
 * A proxy for the embedded DynamoDB that adds what it lacks: deletion protection in DescribeTable, and
 * DescribeContinuousBackups.
 */
export async function startProtectedDynamoDb(
  target: string,
  protection: Protection,
): Promise<{ readonly endpoint: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    const answer = (status: number, json: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(json));
    if (operation === 'DescribeContinuousBackups') {
      const PointInTimeRecoveryStatus = protection.pointInTimeRecovery;
      answer(200, {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus, RecoveryPeriodInDays: 35 },
        },
      });
      return;
    }
    const { host: _, 'content-length': __, connection: ___, ...headers } = request.headers;
    const answered = await fetch(target, {
      method: 'POST',
      headers: new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body,
    });
    const json: unknown = await answered.json();
    const { Table: table } = isObject(json) ? json : {};
    const DeletionProtectionEnabled = protection.deletionProtection;
    const status = protection.status === undefined ? {} : { TableStatus: protection.status };
    answer(
      answered.status,
      isObject(table) ? { Table: { ...table, DeletionProtectionEnabled, ...status } } : json,
    );
  });
  return { endpoint: await listen(server), close: () => stop(server) };
}
