import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type EvidenceFiles, textIn } from '../../../cli/evidence/claims.ts';
import { examineEvidence } from '../../../cli/evidence/examine.ts';
import { examineToken } from '../../../cli/evidence/examine-token.ts';
import { evidenceFiles, withExplanation } from '../../../cli/evidence/files.ts';
import { sha256 } from '../../../lambda/adapters/sha256.ts';
import { tokenReader } from '../../../lambda/adapters/timestamp/token.ts';
import { DAY, HOUR } from '../../../lambda/core/instant.ts';
import { encodeItem } from '../../../lambda/core/item.ts';
import { SEAL_PARTITION } from '../../../lambda/core/partitions.ts';
import { rootText } from '../../../lambda/core/seal.ts';
import { decodeSeal } from '../../../lambda/core/seal-item.ts';
import { Authority } from '../../support/authority.ts';
import { line, snapshot, time } from '../../support/memory-ledger.ts';
import { StoredTable } from '../../support/stored-table.ts';

const BEGIN = time('2026-03-01T00:00:00Z');
const SLOT = BEGIN + 12 * HOUR;

const authority = new Authority(BEGIN);

/** Evidence of sg/main at noon of the first of three sealed days, the second of which may have a time-stamp token. */
async function evidence(simulated = false, isStamped = false): Promise<EvidenceFiles> {
  const items = (['id/main', 'sg/main'] as const).flatMap((account) =>
    Array.from({ length: 12 }, (_, index) =>
      encodeItem(
        snapshot(account, BEGIN + index * 6 * HOUR, [line('BTC', `1.${index}`), line('<script>', '2')]),
      ),
    ),
  );
  const table = new StoredTable(BEGIN, items);
  await table.seal(BEGIN + 3 * DAY + HOUR);
  const [first, ...rest] = table.all(SEAL_PARTITION).flatMap((item) => decodeSeal(item).value ?? []);
  const its = await table.items('sg/main', BEGIN, BEGIN + DAY);
  const [, , item] = its;
  if (first === undefined || item === undefined) throw new Error('nothing sealed');
  const [second = first] = rest;
  const timestamp = { at: BEGIN + 2 * DAY + HOUR, authority: `CN=${authority.name}` };
  const token = authority.token(rootText(second.previous, second.accounts), timestamp.at);
  const stamp = isStamped ? { from: second.from, token, timestamp } : undefined;
  return evidenceFiles({ item, items: its, seals: [first, ...rest], stamp, simulated });
}

const rootOf = (files: EvidenceFiles) => /^root (.*)$/m.exec(textIn(files, 'evidence.txt'))?.[1] ?? '';
const TEXTS = ['item.json', 'account.txt', 'evidence.txt'];

/** Any change of one character: replaced, left out or put in. The page and the script are the last of the files. */
const change = fc.record({
  file: fc.nat(),
  at: fc.nat(),
  kind: fc.constantFrom('replace', 'leave out', 'put in'),
  character: fc.constantFrom('0', '1', 'f', 'x', ' ', '\n', '"'),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(
  files: EvidenceFiles,
  names: readonly string[],
  { file, at, kind, character }: Change,
): EvidenceFiles {
  const name = names[file % names.length] ?? '';
  const text = textIn(files, name);
  const place = at % text.length;
  const end = place + (kind === 'put in' ? 0 : 1);
  return new Map([
    ...files,
    [name, text.slice(0, place) + (kind === 'leave out' ? '' : character) + text.slice(end)],
  ]);
}

const isSame = (a: EvidenceFiles, b: EvidenceFiles) => [...a].every(([name, text]) => b.get(name) === text);

describe('evidence', () => {
  it('has what is proven, its lines, the days up to the newest, a page and a script', async () => {
    const files = await evidence();
    expect([...files.keys()].sort()).toEqual([
      'account.txt',
      'check.sh',
      ...['days/2026-03-01T0000Z.txt', 'days/2026-03-02T0000Z.txt', 'days/2026-03-03T0000Z.txt'],
      ...['evidence.html', 'evidence.txt', 'item.json', 'sums.txt'],
    ]);
    expect(files.get('evidence.txt')).toBe(`form 1
account sg/main
slot 2026-03-01T12:00:00Z
day 2026-03-01
timeZone UTC
sealedAt 2026-03-04T01:00:00.000Z
root ${rootOf(files)}
rootDay 2026-03-03
simulated no
`);
    expect(SLOT).toBe(time('2026-03-01T12:00:00Z'));
  });

  it('is accepted as it is, and under the root that was kept', async () => {
    const files = await evidence();
    expect(examineEvidence(files)).toEqual([]);
    expect(examineEvidence(files, rootOf(files))).toEqual([]);
    // A root kept in March is as good as today's: it covers the item too.
    expect(examineEvidence(files, sha256(textIn(files, 'days/2026-03-02T0000Z.txt')))).toEqual([]);
    expect(examineEvidence(files, 'ab'.repeat(32))).toMatchObject([
      { day: '2026-03-03', account: undefined, problem: 'chain' },
    ]);
  });

  it('is refused after any change of one character in any file', async () => {
    const files = await evidence();
    fc.assert(
      fc.property(change, (one) => {
        const other = changed(files, [...files.keys()], one);
        expect(examineEvidence(other).length === 0).toBe(isSame(files, other));
      }),
      { numRuns: 500 },
    );
  });

  it('names the file that does not match', async () => {
    const files = await evidence();
    const edited = (name: string, edit: (text: string) => string) =>
      examineEvidence(new Map([...files, [name, edit(textIn(files, name))]])).map(({ what }) =>
        what.slice(0, 60),
      );
    expect(edited('item.json', (text) => text.replace('"BTC":"1.2"', '"BTC":"9.2"'))).toEqual([
      'item.json does not have the hash that account.txt lists for ',
    ]);
    expect(edited('account.txt', (text) => `${text}\n`)).toEqual([
      'account.txt does not have the hash that days/2026-03-01T0000',
    ]);
    expect(edited('days/2026-03-02T0000Z.txt', (text) => `${text} `)).toEqual([
      'days/2026-03-03T0000Z.txt does not begin with the root of th',
    ]);
    expect(edited('check.sh', (text) => text.replace('refuse', 'echo'))).toEqual([
      'check.sh is not what this program would write for this evide',
    ]);
  });

  it('is refused where a name has two lines: one root would stand for two records', async () => {
    const files = await evidence();
    const double = (name: string, line_: string) =>
      new Map([...files, [name, `${files.get(name)}${line_}\n`]]);
    const messages = (other: EvidenceFiles) => examineEvidence(other).map(({ what }) => what.slice(0, 33));
    expect(messages(double('account.txt', `2026-03-01T12:00:00Z ${'ab'.repeat(32)}`))).toContain(
      'item.json does not have the hash ',
    );
    expect(messages(double('days/2026-03-01T0000Z.txt', `sg/main ${'ab'.repeat(32)}`))).toContain(
      'account.txt does not have the has',
    );
  });

  it('is refused without one of its days, or with one more', async () => {
    const files = await evidence();
    for (const name of files.keys()) {
      if (!name.startsWith('days/')) continue;
      expect(examineEvidence(new Map([...files].filter(([each]) => each !== name)))).not.toEqual([]);
    }
    expect(examineEvidence(new Map([...files, ['days/2026-03-04T0000Z.txt', '-\n']]))).not.toEqual([]);
    const none = new Map([...files].filter(([name]) => !name.startsWith('days/')));
    expect(examineEvidence(none)).toMatchObject([{ problem: 'chain', what: 'there is no file in days' }]);
  });

  it('may come from anybody: a page is made even of an item that is not one', async () => {
    const files = await evidence();
    for (const item of [
      '{"balance":{"BTC":{"toString":"x"}},"observedAt":{"toString":"x"}}',
      '{"balance":{"toString":"1"}}',
      '[]',
      'x',
    ])
      expect(withExplanation(new Map([...files, ['item.json', item]])).get('evidence.html')).toContain(
        'The balances',
      );
  });

  it('says on its page what it is of, and escapes what comes from Upbit', async () => {
    const page = (await evidence(true)).get('evidence.html') ?? '';
    expect(page).toContain('SIMULATED');
    expect(page).toContain('&#60;script&#62;');
    expect(page).not.toContain('<script');
    expect((await evidence()).get('evidence.html')).not.toContain('SIMULATED');
  });
});

describe('evidence with a time-stamp token', () => {
  const problems = async (files: EvidenceFiles) => [
    ...examineEvidence(files),
    ...(await examineToken(files, tokenReader([new X509Certificate(authority.pem).raw]))),
  ];
  const token = 'days/2026-03-02T0000Z.tst';

  it('is accepted as it is, and says who signed what', async () => {
    const files = await evidence(false, true);
    expect(await problems(files)).toEqual([]);
    expect([...files.keys()].filter((name) => name.endsWith('.tst'))).toEqual([token]);
    expect(textIn(files, 'evidence.html')).toContain('<strong>CN=Test authority</strong>');
    expect(textIn(files, 'evidence.html')).toContain('and you do not trust the time-stamp authority');
    expect(textIn(await evidence(), 'evidence.html')).not.toContain('time-stamp');
  });

  it('is refused after any change of one character in any text, or of one byte of the token', async () => {
    const files = await evidence(false, true);
    const names = [...files.keys()].filter((name) => name !== token);
    fc.assert(
      fc.property(change, (one) => {
        const other = changed(files, names, one);
        expect(examineEvidence(other).length === 0).toBe(isSame(files, other));
      }),
      { numRuns: 200 },
    );
    const bytes = files.get(token);
    if (bytes === undefined || typeof bytes === 'string') throw new Error('no token');
    for (let place = 0; place < bytes.length; place += 7) {
      const other = Buffer.from(bytes);
      other[place] = (other[place] ?? 0) ^ 1;
      expect(examineEvidence(new Map([...files, [token, other]]))).toMatchObject([{ problem: 'timestamp' }]);
    }
  });

  it('is refused with a token from before the day ended, and without one where certificates are given', async () => {
    const files = await evidence(false, true);
    const early = authority.token(textIn(files, 'days/2026-03-02T0000Z.txt'), BEGIN + 2 * DAY - 1_000);
    const what = `${token} was signed at 2026-03-02T23:59:59Z, before the day ended`;
    expect(await examineToken(new Map([...files, [token, early]]), tokenReader())).toMatchObject([{ what }]);
    expect(await examineToken(await evidence(), tokenReader(), true)).toMatchObject([
      { problem: 'timestamp', what: 'this evidence has no token to check with certificates' },
    ]);
    expect(await examineToken(await evidence(), tokenReader())).toEqual([]);
  });

  it('is refused without its token, or with that of another day', async () => {
    const files = await evidence(false, true);
    const without = new Map([...files].filter(([name]) => name !== token));
    expect(examineEvidence(without)).toMatchObject([
      { problem: 'timestamp', what: `${token} does not have the hash that evidence.txt gives for it` },
    ]);
    expect(await examineToken(without, tokenReader())).toMatchObject([
      { what: `${token} is not the token of a day in this folder` },
    ]);
    const claims = textIn(files, 'evidence.txt');
    const moved = (to: string) =>
      new Map([...files, [to, files.get(token) ?? ''], ['evidence.txt', claims.replace(token, to)]]);
    expect(await examineToken(moved('days/2026-03-01T0000Z.tst'), tokenReader())).toMatchObject([
      { problem: 'timestamp', what: 'days/2026-03-01T0000Z.tst is for another text' },
    ]);
    expect(await examineToken(moved('days/2026-03-09T0000Z.tst'), tokenReader())).not.toEqual([]);
    const later = new Map([
      ...files,
      ['evidence.txt', claims.replace('signedAt 2026-03-03', 'signedAt 2026-03-02')],
    ]);
    expect(await examineToken(later, tokenReader())).toMatchObject([
      {
        what: `${token} was signed at 2026-03-03T01:00:00Z by CN=Test authority, but evidence.txt says otherwise`,
      },
    ]);
  });
});

describe('a record that could be read in two ways', () => {
  /** Evidence in which all hashes fit this record. */
  async function hostile(item: string): Promise<EvidenceFiles> {
    const files = await evidence();
    const [first, second, third] = [1, 2, 3].map((day) => `days/2026-03-0${day}T0000Z.txt`);
    const all = new Map(files);
    const lineOf = (name: string, text: string) => new RegExp(`^${name} .*$`, 'm').exec(text)?.[0] ?? '';
    const put = (file: string, name: string, hash: string) => {
      const text = textIn(all, file);
      all.set(file, text.replace(lineOf(name, text), `${name} ${hash}`));
    };
    all.set('item.json', item);
    put('account.txt', '2026-03-01T12:00:00Z', sha256(item));
    put(first ?? '', 'sg/main', sha256(textIn(all, 'account.txt')));
    for (const [before = '', day = ''] of [
      [first, second],
      [second, third],
    ])
      all.set(day, textIn(all, day).replace(/^.*/, sha256(textIn(all, before))));
    put('evidence.txt', 'root', sha256(textIn(all, third ?? '')));
    return withExplanation(new Map([...all].filter(([name]) => !/check|html/.test(name))));
  }
  const item = '{"account":"sg/main","balance":{"BTC":"1"},"slot":"2026-03-01T12:00:00Z"}';

  it('is refused, though every hash fits', async () => {
    expect(examineEvidence(await hostile(item))).toEqual([]);
    for (const other of [
      item.replace('"balance"', '"balance":{"BTC":"100"},"balance"'),
      item.replace(',"slot"', '\n,"slot"'),
      item.replace('{"BTC"', '{ "BTC"'),
      `${item}\n`,
    ])
      expect(examineEvidence(await hostile(other)).map(({ what }) => what)).toContain(
        'item.json is not canonical JSON, so it can be read in two ways',
      );
  });

  it('is refused by check.sh where it has more than one line, a control character, or a name twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const ran = async (record: string, env: Record<string, string> = {}) => {
      const files = await hostile(record);
      const at = join(folder, 'evidence');
      rmSync(at, { recursive: true, force: true });
      mkdirSync(join(at, 'days'), { recursive: true });
      for (const [name, text] of files) writeFileSync(join(at, name), text);
      const { status, stdout } = spawnSync('sh', ['evidence/check.sh'], {
        ...{ cwd: folder, encoding: 'utf8', env: { PATH: '/usr/bin:/bin', ...env } },
      });
      return `${status} ${stdout.trimEnd().split('\n').at(0)}`;
    };
    if (SHA256SUM === undefined) return;
    expect(await ran(item)).toBe(`0 ${item}`);
    expect(await ran(`${item.slice(0, -1)}\n}`)).toBe('1 NOT OK: item.json has more than one line');
    expect(await ran(`${item}\n`)).toBe('1 NOT OK: item.json has more than one line');
    expect(await ran(item.replace('"1"', '"\u001b[8m1"'))).toBe(
      '1 NOT OK: item.json has a control character',
    );
    expect(await ran(item.replace('"balance"', '"account":"sg/other","balance"'))).toBe(
      '1 NOT OK: item.json has two members account',
    );
    expect(await ran(item.replace('{"account":"sg/main"', '{"account":"sg/x"'))).toContain('1 NOT OK');
    // A folder of the same name that CDPATH leads to.
    mkdirSync(join(folder, 'other/evidence'), { recursive: true });
    expect(await ran(item, { CDPATH: join(folder, 'other') })).toBe(`0 ${item}`);
  });
});

describe('what no hash in evidence covers', () => {
  it.each([
    [
      'the day',
      'day 2026-03-01',
      'day 2026-03-02',
      'days/2026-03-01T0000Z.txt is not the day 2026-03-02 in UTC',
    ],
    ['the time zone', 'timeZone UTC', 'timeZone Asia/Seoul', 'is not the day 2026-03-01 in Asia/Seoul'],
    ['an unknown zone', 'timeZone UTC', 'timeZone Mars', 'is not the day 2026-03-01 in Mars'],
    ['the newest day', 'rootDay 2026-03-03', 'rootDay 2026-03-05', 'is not the day 2026-03-05'],
  ])('is held to the names of its files: %s', async (_, from, to, what) => {
    const files = await evidence();
    const other = new Map([
      ...files,
      ['evidence.txt', textIn(files, 'evidence.txt').replace(from, to)] as const,
    ]);
    expect(examineEvidence(withExplanation(other)).map((problem) => problem.what)).toEqual([
      expect.stringContaining(what),
    ]);
  });

  it('is held to the slot: the files of other days are not those of this one', async () => {
    const files = await evidence();
    const renamed = new Map(
      [...files].map(([name, file]) => [name.replace(/2026-03-0(\d)T/, '2026-04-0$1T'), file]),
    );
    expect(examineEvidence(renamed).map(({ what }) => what)).toContain(
      '2026-03-01T12:00:00Z is not in the day of days/2026-04-01T0000Z.txt',
    );
  });
});

/** The programs there are on any Linux; on another system there may be none. */
const SHA256SUM = ['/usr/bin/sha256sum', '/bin/sha256sum'].find(
  (path) => spawnSync(path, [], { input: '' }).status === 0,
);

describe.skipIf(SHA256SUM === undefined)('check.sh, with sh and sha256sum alone', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'evidence-'));
    mkdirSync(join(folder, 'bin'));
    symlinkSync(SHA256SUM ?? '', join(folder, 'bin', 'sha256sum'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function check(files: EvidenceFiles, ...roots: string[]) {
    const evidenceFolder = join(folder, 'evidence');
    rmSync(evidenceFolder, { recursive: true, force: true });
    mkdirSync(join(evidenceFolder, 'days'), { recursive: true });
    for (const [name, text] of files) writeFileSync(join(evidenceFolder, name), text);
    chmodSync(join(evidenceFolder, 'check.sh'), 0o600);
    const ran = spawnSync('/bin/sh', [join(evidenceFolder, 'check.sh'), ...roots], {
      env: { PATH: join(folder, 'bin') },
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    return { status: ran.status, last: ran.stdout.trimEnd().split('\n').slice(-2) };
  }

  it('accepts evidence as it is, and says under which root', async () => {
    const files = await evidence();
    expect(check(files, rootOf(files))).toEqual({
      status: 0,
      last: [
        'OK: the line above is what was recorded for sg/main at 2026-03-01T12:00:00Z. It needs no other file to be read; evidence.html only repeats it.',
        'It is covered by the root you gave, that of days/2026-03-03T0000Z.txt.',
      ],
    });
    expect(check(files).last[0]).toBe(`It is covered by the root ${rootOf(files)}.`);
    expect(check(files, 'ab'.repeat(32)).status).toBe(1);
    expect(check(files, sha256(textIn(files, 'days/2026-03-01T0000Z.txt'))).status).toBe(0);
    const second = `sg/main ${'ab'.repeat(32)}\n`;
    const first = 'days/2026-03-01T0000Z.txt';
    expect(check(new Map([...files, [first, `${files.get(first)}${second}`]])).last.at(-1)).toContain(
      'account.txt',
    );
  });

  it('refuses it after a change of one character in any file, its own script and the sums too', async () => {
    const files = await evidence(false, true);
    const names = [...files.keys()].filter((name) => !name.endsWith('.tst') && name !== 'check.sh');
    for (const one of fc.sample(change, { numRuns: 80, seed: 1 })) {
      const other = changed(files, names, one);
      const { status, last } = check(other);
      expect({ one, status }).toEqual({ one, status: isSame(files, other) ? 0 : 1 });
      expect(last.at(-1)?.startsWith('NOT OK: ')).toBe(status === 1);
    }
    const comment = textIn(files, 'check.sh').replace('set -u', 'set -u # changed');
    expect(check(new Map([...files, ['check.sh', comment]])).last.at(-1)).toBe(
      'NOT OK: check.sh does not have the hash that sums.txt lists for it',
    );
    expect(check(new Map([...files, ['days/more', 'x']])).last.at(-1)).toBe(
      'NOT OK: sums.txt does not list days/more',
    );
  });

  it('takes a token as claimed, without openssl, and a root only in lower case', async () => {
    const files = await evidence(false, true);
    expect(check(files, rootOf(files)).status).toBe(0);
    const token = 'days/2026-03-02T0000Z.tst';
    expect(check(new Map([...files, [token, 'x']])).last.at(-1)).toBe(
      `NOT OK: ${token} does not have the hash that evidence.txt gives for it`,
    );
    expect(check(new Map([...files].filter(([name]) => name !== token))).status).toBe(1);
    // A token over something else, outside the days: it says nothing about the record.
    const elsewhere = textIn(files, 'evidence.txt').replaceAll(token, 'days/../other.tst');
    const forged = new Map([
      ...files,
      ['evidence.txt', elsewhere] as const,
      ['other.tst', files.get(token) ?? ''] as const,
      ['other.txt', 'other'] as const,
    ]);
    expect(check(forged).last.at(-1)).toBe(
      'NOT OK: days/../other.tst is not the token of a day in this folder',
    );
    expect(check(files, rootOf(files).toUpperCase()).last.at(-1)).toContain('in lower case');
    expect(check(files, '-').status).toBe(0);
    expect(check(await evidence(), '-', 'authority.pem').last.at(-1)).toBe(
      'NOT OK: this evidence has no token to check with certificates',
    );
  });

  it('refuses it without one of its files', async () => {
    const files = await evidence();
    for (const name of [
      ...TEXTS,
      'days/2026-03-01T0000Z.txt',
      'days/2026-03-02T0000Z.txt',
      'days/2026-03-03T0000Z.txt',
    ])
      expect(check(new Map([...files].filter(([each]) => each !== name))).status).toBe(1);
  });
});
