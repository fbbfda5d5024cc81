import { describe, expect, it } from 'vitest';
import { collect } from '../../lambda/collector/collect.ts';
import type { LogFields } from '../../lambda/collector/ports.ts';
import { MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { CADENCES } from '../../lambda/core/slots.ts';
import { COLLECTOR_FIELDS, createLog } from '../../lambda/handlers/stdout.ts';
import { ALL_CADENCES } from '../support/arbitraries.ts';
import { objectOf } from '../support/checkout.ts';
import { MemoryParts, refusal, SETTINGS, SLOT, secret } from '../support/memory-parts.ts';
import { type Synthesized, synthesize } from '../support/synthesized.ts';

const DASHBOARD = 'AWS::CloudWatch::Dashboard';
const [without, standard] = synthesize({}, { dashboard: 'true' });

/** The widgets of the dashboard by title, with references replaced by `<logical id>`. */
function widgets(stack: Synthesized): Map<string, Readonly<Record<string, unknown>>> {
  const { 'Fn::Join': join } = objectOf(stack.the(DASHBOARD).properties['DashboardBody']);
  const [, parts] = Array.isArray(join) ? join : [];
  const body = (Array.isArray(parts) ? parts : [])
    .map((part) => {
      if (typeof part === 'string') return part;
      const { Ref: ref, 'Fn::GetAtt': attribute } = objectOf(part);
      return `<${Array.isArray(attribute) ? attribute[0] : ref}>`;
    })
    .join('');
  const { widgets: found } = objectOf(JSON.parse(body));
  const all = (Array.isArray(found) ? found : []).map((widget) => objectOf(objectOf(widget)['properties']));
  return new Map(all.map((properties) => [String(properties['title']), properties]));
}

/** A log line about a failed account. */
async function failedLine(): Promise<Readonly<Record<string, unknown>>> {
  const memory = new MemoryParts(secret('sg/main'));
  memory.script = () => refusal('key.expired', 'never');
  await collect({ slot: SLOT, manual: false }, SETTINGS, memory.parts, SLOT + 5 * MINUTE);
  const written: string[] = [];
  const log = createLog<LogFields>(
    COLLECTOR_FIELDS,
    (line) => written.push(line),
    () => SLOT,
  );
  for (const fields of memory.logged) log(fields);
  const line = written.map((text) => objectOf(JSON.parse(text))).find(({ message }) => message === 'account');
  return objectOf(line);
}

describe('the dashboard', () => {
  it('exists only if configured', () => {
    expect(without.all(DASHBOARD)).toHaveLength(0);
    expect(standard.all(DASHBOARD)).toHaveLength(1);
  });

  it('has no fixed name', () => {
    expect(Object.keys(standard.the(DASHBOARD).properties)).toStrictEqual(['DashboardBody']);
  });

  it('shows failed accounts, duration, age, dead letters and the last failures', () => {
    expect([...widgets(standard).keys()]).toStrictEqual([
      'Accounts without a snapshot, per slot (1h)',
      'Duration of a run',
      'Minutes since all snapshots were complete, to within a slot (1h); per account: balances latest',
      'Dead letters',
      'The last accounts without a snapshot',
    ]);
  });

  it.each(ALL_CADENCES)('has one point per slot: %s', (every) => {
    const [stack] = synthesize({ every, dashboard: true });
    const graph = widgets(stack).get(`Accounts without a snapshot, per slot (${every})`);
    expect(graph?.['metrics']).toStrictEqual([
      [
        'UpbitBalanceSnapshots',
        'AccountsFailed',
        'FunctionName',
        `<${stack.part('Collector', 'AWS::Lambda::Function').id}>`,
        {
          label: 'accounts failed',
          stat: 'Sum',
          // Five minutes is CloudWatch's default.
          ...(every === '5m' ? {} : { period: CADENCES[every] / SECOND }),
        },
      ],
    ]);
  });

  it('computes the age from the runs that returned, ignoring runs with a failure', () => {
    const [age] = [...widgets(standard)]
      .filter(([title]) => title.startsWith('Minutes since'))
      .map(([, graph]) => graph);
    const metrics = JSON.stringify(age?.['metrics']);
    expect(metrics).toContain('FILL(IF(runs > 0 AND failed < 1, EPOCH(runs)), REPEAT)');
    expect(metrics).toContain('"id":"runs","visible":false,"period":3600,"stat":"SampleCount"');
    expect(metrics).toContain('"id":"failed","visible":false,"period":3600,"stat":"Sum"');
  });

  it('shows every queue', () => {
    const graph = JSON.stringify(widgets(standard).get('Dead letters')?.['metrics']);
    for (const { id } of standard.all('AWS::SQS::Queue')) expect(graph).toContain(`<${id}>`);
  });

  it('finds failures in the function’s log by the fields it really writes', async () => {
    const query = String(widgets(standard).get('The last accounts without a snapshot')?.['query']);
    expect(query).toContain(`SOURCE '<${standard.part('Collector', 'AWS::Logs::LogGroup').id}>'`);
    const [, fields = ''] = /\| fields ([^\n]+)/.exec(query) ?? [];
    const line = await failedLine();
    expect(Object.keys(line)).toEqual(expect.arrayContaining(fields.split(', ')));
    expect(query).toContain('filter message = "account" and level in ["WARN", "ERROR"]');
    expect(line).toMatchObject({ message: 'account', level: 'WARN' });
  });
});
