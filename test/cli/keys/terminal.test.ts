import { describe, expect, it } from 'vitest';
import { Terminal } from '../../../cli/keys/terminal.ts';
import { terminal as typing } from '../../support/keys-typed.ts';

/** Asks two questions that show nothing and one that shows digits, while these pieces are typed. */
async function answers(...pieces: readonly string[]) {
  let screen = '';
  const input = typing(...pieces);
  const terminal = new Terminal(input, { write: (text) => (screen += text) });
  const outcome = await terminal
    .answers(async (ask) => [await ask('one: '), await ask('two: '), await ask('day: ', /\d/)])
    .catch((error: unknown) => (error instanceof Error ? error.message : error));
  return { outcome, screen, modes: input.modes };
}

describe('what is typed on a terminal', () => {
  it('is not shown, except the characters that may be', async () => {
    const typed = ['f', 'ake', '-a\r', 'fake-b\r', '20', 'x27\r'];
    expect(await answers(...typed)).toEqual({
      outcome: ['fake-a', 'fake-b', '20x27'],
      screen: 'one: \ntwo: \nday: 2027\n',
      modes: [true, false],
    });
  });

  it('may be pasted: both lines at once, and with line ends of Windows', async () => {
    expect((await answers('fake-a\nfake-b\n', '1\n')).outcome).toEqual(['fake-a', 'fake-b', '1']);
    expect((await answers('fake-a\r\nfake-b\r\n', '1\r\n')).outcome).toEqual(['fake-a', 'fake-b', '1']);
  });

  it('is not taken as the answer to a visible question if it was pasted before: it may be the rest of a key', async () => {
    const { outcome, screen } = await answers('fake-a\rfake-b\r1234567\r', '8\r');
    expect(outcome).toEqual(['fake-a', 'fake-b', '8']);
    expect(screen).not.toContain('1');
  });

  it('can be corrected, and what was shown of it disappears', async () => {
    expect(
      await answers('fakf\u007fe-a\r', 'wrong\u0015fake-b\b\r', '27x\u007f\u007f8\u0015', '9\r'),
    ).toMatchObject({
      outcome: ['fake-a', 'fake-', '9'],
      screen: 'one: \ntwo: \nday: 27\b \b8\b \b\b \b9\n',
    });
  });

  it('ignores keys that are not characters', async () => {
    expect(
      (await answers('\u001b[Afake\u001b[3~-\u001bOPa\t\r', '\u001b[200~b\u001b[201~\r', '\r')).outcome,
    ).toEqual(['fake-a', 'b', '']);
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('is cancelled by %s, and the terminal is as before', async (_, key) => {
    expect(await answers('fake-a\r', `fake${key}`)).toEqual({
      outcome: 'cancelled; nothing was changed',
      screen: 'one: \ntwo: \n',
      modes: [true, false],
    });
  });

  it('is cancelled when the terminal is closed', async () => {
    expect(await answers('fake-a\r', 'fake')).toMatchObject({
      outcome: 'cancelled; nothing was changed',
      modes: [true, false],
    });
  });
});
