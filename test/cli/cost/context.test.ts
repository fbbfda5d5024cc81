import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readContext, withOverride } from '../../../cli/cost/context.ts';
import { CodedError } from '../../../lambda/core/error.ts';

const directory = mkdtempSync(join(tmpdir(), 'context-'));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;
const file = (text: string) => {
  files += 1;
  const path = join(directory, `${files}.json`);
  writeFileSync(path, text);
  return pathToFileURL(path);
};

describe('the context', () => {
  it('is that of cdk.json, overridden by -c', () => {
    const settings = file('{"context":{"every":"1h","logDays":30}}');
    expect(readContext(settings, {})).toEqual({ every: '1h', logDays: 30 });
    expect(readContext(settings, { every: '5m' })).toEqual({ every: '5m', logDays: 30 });
    expect(readContext(file('{}'), {})).toEqual({});
  });

  it.each([
    ['{"context":', 'cdk.json cannot be read as JSON'],
    ['[]', 'the context in cdk.json is not an object'],
    ['{"context":["every"]}', 'the context in cdk.json is not an object'],
  ])('is refused if the file contains %s', (text, message) => {
    expect(() => readContext(file(text), {})).toThrow(new CodedError('file.invalid', message));
  });

  it('is refused if there is no file', () => {
    expect(() => readContext(new URL('file:///no/such/cdk.json'), {})).toThrow(
      new CodedError('file.invalid', 'cdk.json cannot be read as JSON'),
    );
  });

  it('takes the last of two values, and everything after the first equals sign', () => {
    const first = withOverride('every=5m');
    expect(first).toEqual({ every: '5m' });
    expect(withOverride('every=1h', withOverride('alarmEmail=a=b@example.com', first))).toEqual({
      every: '1h',
      alarmEmail: 'a=b@example.com',
    });
    expect(withOverride('every=')).toEqual({ every: '' });
  });
});
