import { beforeEach, describe, expect, it } from 'vitest';
import { SecretVersions } from '../../../infra/local/secret-versions.ts';

describe('the versions of a secret', () => {
  let versions: SecretVersions;
  beforeEach(() => {
    versions = new SecretVersions();
  });

  const current = () => versions.labelled('AWSCURRENT')?.text;
  const previous = () => versions.labelled('AWSPREVIOUS')?.text;

  it('are none at first', () => {
    expect([current(), previous(), [...versions.texts()]]).toEqual([undefined, undefined, []]);
  });

  it('begin with one that is current, whatever label it is put under', () => {
    versions.put('1', 'one', ['beside']);
    expect([current(), versions.labelsOf('1')]).toEqual(['one', ['AWSCURRENT', 'beside']]);
  });

  it('stay current when another is put under a label of its own, which it takes from the version before', () => {
    versions.put('1', 'one');
    versions.put('2', 'two', ['beside']);
    versions.put('3', 'three', ['beside']);
    expect([current(), versions.labelsOf('2'), versions.labelsOf('3')]).toEqual(['one', [], ['beside']]);
    expect([...versions.texts()]).toEqual([
      ['1', 'one'],
      ['2', 'two'],
      ['3', 'three'],
    ]);
  });

  it('become the previous one when another becomes current', () => {
    versions.put('1', 'one');
    versions.put('2', 'two');
    expect([current(), previous()]).toEqual(['two', 'one']);
    versions.move('AWSCURRENT', '2', '1');
    expect([current(), previous()]).toEqual(['one', 'two']);
  });

  it('are put once: the same text again does nothing, another is refused', () => {
    versions.put('1', 'one');
    versions.put('2', 'two');
    versions.put('1', 'one');
    expect(current()).toBe('two');
    expect(() => versions.put('1', 'other')).toThrow(
      expect.objectContaining({
        name: 'ResourceExistsException',
        message:
          "You can't use ClientRequestToken 1 because that value is already in use for a version of the secret.",
      }),
    );
  });

  it.each([
    [
      'from a version that does not have it',
      '2',
      '2',
      'InvalidParameterException',
      'When you move staging label',
    ],
    [
      'without saying from which',
      undefined,
      '2',
      'InvalidParameterException',
      'currently attached to version 1',
    ],
    ['to a version that does not exist', '1', '3', 'ResourceNotFoundException', 'version: 3'],
    ['to nowhere', '1', undefined, 'InvalidParameterException', 'completely removed'],
  ])('do not lose AWSCURRENT %s', (_, from, to, name, message) => {
    versions.put('1', 'one');
    versions.put('2', 'two', ['beside']);
    expect(() => versions.move('AWSCURRENT', from, to)).toThrow(
      expect.objectContaining({ name, message: expect.stringContaining(message) }),
    );
    expect(current()).toBe('one');
  });

  it('can lose any other label', () => {
    versions.put('1', 'one', ['beside']);
    versions.move('beside', '1', undefined);
    expect(versions.labelsOf('1')).toEqual(['AWSCURRENT']);
    versions.move('beside', undefined, '1');
    expect(versions.labelsOf('1')).toEqual(['AWSCURRENT', 'beside']);
  });
});
