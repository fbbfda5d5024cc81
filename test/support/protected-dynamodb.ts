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
  /** The copies of the table in other AWS regions, and their own protection; a copy without any is not found there. */
  copies?: Readonly<Record<string, Copy>>;
}

/** A copy of the table in another AWS region, as DescribeTable names it in the table's own. */
export interface Copy {
  readonly status: string;
  readonly own?: Protection;
}

/**
 * A proxy for the embedded DynamoDB that adds what it lacks: deletion protection and replicas in DescribeTable, and
 * DescribeContinuousBackups. It answers for the AWS region that a request is signed for.
 *
 * In AWS's example, DescribeTable names only the other replicas
 * (docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_versions.html). Here it names the table's own
 * region too, so that a reader must cope with both.
 */
export async function startProtectedDynamoDb(
  target: string,
  protection: Protection,
): Promise<{ readonly endpoint: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    const [, awsRegion = ''] =
      /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const copy = protection.copies?.[awsRegion];
    const here = copy === undefined ? protection : copy.own;
    const answer = (status: number, json: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(json));
    if (here === undefined) {
      answer(400, {
        __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
        message: 'Requested resource not found',
      });
      return;
    }
    if (operation === 'DescribeContinuousBackups') {
      const PointInTimeRecoveryStatus = here.pointInTimeRecovery;
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
    const DeletionProtectionEnabled = here.deletionProtection;
    const status = here.status === undefined ? {} : { TableStatus: here.status };
    answer(
      answered.status,
      isObject(table)
        ? { Table: { ...table, DeletionProtectionEnabled, ...status, ...replicasOf(protection, awsRegion) } }
        : json,
    );
  });
  return { endpoint: await listen(server), close: () => stop(server) };
}

function replicasOf({ copies }: Protection, awsRegion: string): object {
  if (copies === undefined) return {};
  const others = Object.entries(copies).map(([RegionName, { status: ReplicaStatus }]) => ({
    RegionName,
    ReplicaStatus,
  }));
  return {
    GlobalTableVersion: '2019.11.21',
    Replicas: [{ RegionName: awsRegion, ReplicaStatus: 'ACTIVE' }, ...others],
  };
}
