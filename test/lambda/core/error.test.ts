import { expect, it } from 'vitest';
import { CodedError } from '../../../lambda/core/error.ts';

it('a CodedError has its code, also as its name, its message and its cause', () => {
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

it('its class keeps its name in minified code, for Lambda’s log', () => {
  expect(CodedError.name).toBe('CodedError');
});
