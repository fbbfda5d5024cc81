import { lookup } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { type Lookup, shareLookups } from '../../../lambda/adapters/shared-lookup.ts';

/** A resolver that answers when it is told to. */
function resolver() {
  const asked: string[] = [];
  const answers: ((address: string) => void)[] = [];
  const ask: Lookup = (name, _, answer) => {
    asked.push(name);
    answers.push((address) => answer(null, address, 4));
  };
  return { ask, asked, answer: (index: number, address: string) => answers[index]?.(address) };
}

describe('a shared look-up', () => {
  it('asks for a name once, however many wait for it, and gives all of them the answer', () => {
    const { ask, asked, answer } = resolver();
    const shared = shareLookups(ask);
    const got: unknown[] = [];
    for (const who of ['first', 'second', 'third'])
      shared('sg.example', { all: true }, (...result) => got.push([who, ...result]));
    expect(asked).toEqual(['sg.example']);
    answer(0, '192.0.2.1');
    expect(got).toEqual([
      ['first', null, '192.0.2.1', 4],
      ['second', null, '192.0.2.1', 4],
      ['third', null, '192.0.2.1', 4],
    ]);
  });

  it('asks again once it was answered', () => {
    const { ask, asked, answer } = resolver();
    const shared = shareLookups(ask);
    shared('sg.example', {}, () => undefined);
    answer(0, '192.0.2.1');
    shared('sg.example', {}, () => undefined);
    expect(asked).toHaveLength(2);
  });

  it.each<[string, string, Parameters<Lookup>[1]]>([
    ['another name', 'th.example', { all: true, family: 4, hints: 0 }],
    ['one address only', 'sg.example', { all: false, family: 4, hints: 0 }],
    ['another family', 'sg.example', { all: true, family: 6, hints: 0 }],
    ['other hints', 'sg.example', { all: true, family: 4, hints: 1 }],
  ])('does not mix up what asks for %s', (_, name, options) => {
    const { ask, asked } = resolver();
    const shared = shareLookups(ask);
    shared('sg.example', { all: true, family: 4, hints: 0 }, () => undefined);
    shared(name, options, () => undefined);
    expect(asked).toEqual(['sg.example', name]);
  });

  it('passes on an error', () => {
    const error = Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    const got: unknown[] = [];
    shareLookups((_, __, answer) => answer(error, ''))('sg.example', {}, (failure) => got.push(failure));
    expect(got).toEqual([error]);
  });

  it('leaves nobody waiting if the look-up throws', () => {
    const shared = shareLookups(() => {
      throw new TypeError('a bad option');
    });
    for (const _ of [1, 2]) expect(() => shared('sg.example', {}, () => undefined)).toThrow('a bad option');
  });

  it('is as good as Node’s own', async () => {
    const found = await new Promise((resolve) =>
      shareLookups(lookup)('localhost', { all: true, family: 4 }, (_, addresses) => resolve(addresses)),
    );
    expect(found).toEqual([{ address: '127.0.0.1', family: 4 }]);
  });
});
