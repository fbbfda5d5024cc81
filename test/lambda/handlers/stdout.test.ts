import { describe, expect, it } from 'vitest';
import type { LogFields } from '../../../lambda/collector/ports.ts';
import { COLLECTOR_FIELDS, createEmitter, createLog } from '../../../lambda/handlers/stdout.ts';
import { SLOT } from '../../support/memory-parts.ts';

describe('the log', () => {
  it('writes one JSON line with a timestamp and the fields given', () => {
    const lines: string[] = [];
    createLog<LogFields>(
      COLLECTOR_FIELDS,
      (line) => lines.push(line),
      () => SLOT,
    )({ level: 'INFO', message: 'account', account: 'sg/main', outcome: 'ok', currencies: null });
    expect(lines).toEqual([
      '{"timestamp":"2026-11-22T06:00:00.000Z","level":"INFO","message":"account","account":"sg/main","outcome":"ok","currencies":null}',
    ]);
  });

  it('says for which region prices were recorded, and how many', () => {
    const lines: string[] = [];
    createLog<LogFields>(
      COLLECTOR_FIELDS,
      (line) => lines.push(line),
      () => SLOT,
    )({ markets: 3, outcome: 'ok', region: 'sg', slot: 'x', message: 'prices', level: 'INFO' });
    expect(lines).toEqual([
      '{"timestamp":"2026-11-22T06:00:00.000Z","level":"INFO","message":"prices","slot":"x","region":"sg","outcome":"ok","markets":3}',
    ]);
  });

  it('leaves out fields that are not on its list', () => {
    const lines: string[] = [];
    const fields: LogFields = { level: 'INFO', message: 'run' };
    createLog<LogFields>(
      COLLECTOR_FIELDS,
      (line) => lines.push(line),
      () => SLOT,
    )({ ...fields, ...{ secretKey: 'fake-secret', key: { accessKey: 'fake-access' } } });
    expect(lines.join()).not.toContain('fake');
  });
});

describe('a metric', () => {
  it('is a raw line in the embedded metric format, under the name of the function', () => {
    const lines: string[] = [];
    createEmitter(
      (line) => lines.push(line),
      () => SLOT,
      'collector',
    )({ AccountsFailed: 0, DaysToKeyExpiry: 8 });
    expect(JSON.parse(lines.join())).toEqual({
      _aws: {
        Timestamp: SLOT,
        CloudWatchMetrics: [
          {
            Namespace: 'UpbitBalanceSnapshots',
            Dimensions: [['FunctionName']],
            Metrics: [
              { Name: 'AccountsFailed', Unit: 'Count' },
              { Name: 'DaysToKeyExpiry', Unit: 'None' },
            ],
          },
        ],
      },
      FunctionName: 'collector',
      AccountsFailed: 0,
      DaysToKeyExpiry: 8,
    });
  });

  it('without a value is not declared', () => {
    const lines: string[] = [];
    createEmitter(
      (line) => lines.push(line),
      () => SLOT,
      'collector',
    )({ AccountsFailed: 2 });
    expect(lines.join()).not.toContain('DaysToKeyExpiry');
  });
});
