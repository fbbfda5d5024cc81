import { expect, it } from 'vitest';
import { CodedError } from '../../../lambda/core/error.ts';

it('an error of ours carries its code, as its name too, its sentence and its cause', () => {
  const cause = new TypeError('x');
  const error = new CodedError('ledger.unavailable', 'the table did not answer', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'ledger.unavailable',
    code: 'ledger.unavailable',
    message: 'the table did not answer',
    cause,
  });
  expect('cause' in new CodedError('usage.invalid', 'what was typed is wrong')).toBe(false);
});

it('its class keeps its name where the code is minified, for Lambda’s log', () => {
  expect(CodedError.name).toBe('CodedError');
});
