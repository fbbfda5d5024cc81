// The tutorial pattern behind Powertools' idempotency, keyed by the event as its documentation shows.
import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { handler as tutorial } from './tutorial.mjs';

const persistenceStore = new DynamoDBPersistenceLayer({ tableName: 'idempotency' });

export const handler = makeIdempotent(async (_event, _context) => await tutorial(), { persistenceStore });
