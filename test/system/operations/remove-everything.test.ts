import { describe, expect, it } from 'vitest';
import { type Synthesized, synthesize } from '../../support/synthesized.ts';

const [kept, removable, fixed] = synthesize(
  { stackName: 'kept', alarmEmail: 'ops@example.com', dashboard: true },
  { stackName: 'kept-2', alarmEmail: 'ops@example.com', dashboard: true, removal: 'destroy' },
  { egress: 'nat-instance' },
);
const [copied, removableCopies] = synthesize(
  { stackName: 'kept', replicas: 'eu-west-1,us-east-1' },
  { stackName: 'kept-2', replicas: 'eu-west-1,us-east-1', removal: 'destroy' },
);

describe('removing everything', () => {
  it('starts with removal=destroy, which replaces nothing, and changes only what may be deleted', () => {
    // Alarm names and construct paths contain the stack's name.
    const comparable = (text: string, stackName: string) =>
      JSON.parse(text.replaceAll(`"${stackName}/`, '"').replaceAll(`"${stackName}-`, '"'));
    const unprotected = (text: string) =>
      text
        .replaceAll('"DeletionProtectionEnabled":true', '"DeletionProtectionEnabled":false')
        .replaceAll('Policy":"Retain"', 'Policy":"Delete"');
    expect(comparable(removable.text, 'kept-2')).toEqual(comparable(unprotected(kept.text), 'kept'));
    expect(comparable(removableCopies.text, 'kept-2')).toEqual(comparable(unprotected(copied.text), 'kept'));
  });

  it('needs removal=destroy: a plain destroy leaves the table, the secret, the logs and the fixed address', () => {
    const left = (stack: Synthesized) =>
      stack.resources
        .filter(({ whole }) => whole['DeletionPolicy'] === 'Retain')
        .map(({ type }) => type)
        .sort();
    const DATA = [
      'AWS::DynamoDB::GlobalTable',
      'AWS::Logs::LogGroup',
      'AWS::Logs::LogGroup',
      'AWS::SecretsManager::Secret',
    ];
    expect(left(kept)).toEqual(DATA);
    expect(left(fixed)).toEqual(['AWS::DynamoDB::GlobalTable', 'AWS::EC2::EIP', ...DATA.slice(1)]);
  });
});
