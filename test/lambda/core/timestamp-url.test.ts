import { expect, it } from 'vitest';
import { isTimestampUrl } from '../../../lambda/core/timestamp-url.ts';

it.each([
  'https://freetsa.org/tsr',
  'http://timestamp.digicert.com',
  'http://127.0.0.1:8000/tsa?policy=1',
  `https://tsa.example/${'a'.repeat(1_000 - 20)}`,
])('allows %s', (text) => {
  expect(isTimestampUrl(text)).toBe(true);
});

it.each([
  '',
  'tsa.example',
  'ftp://tsa.example/',
  'file:///etc/passwd',
  'https://user@tsa.example/',
  'https://:password@tsa.example/',
  'https://tsa.example/#top',
  'https://tsa.example/a b',
  'https://tsa.example/\n',
  'https://tsa.exämple/',
  `https://tsa.example/${'a'.repeat(1_000 - 19)}`,
])('does not allow %j', (text) => {
  expect(isTimestampUrl(text)).toBe(false);
});
