import { printable } from '../print/printable.ts';

/** What a time-stamp token says. */
export interface StampFacts {
  /** Whose root was signed: a day, or the file of one. */
  readonly of: string;
  readonly signedAt: string;
  readonly authority: string;
  /** Whether the authority's certificate was checked against ones that the user gave. */
  readonly isTrusted: boolean;
}

/** A line about a time-stamp token that is good. */
export function stampNote({ of, signedAt, authority, isTrusted }: StampFacts): string {
  const who = isTrusted ? ', as the certificates confirm' : '; --authority FILE checks who that is';
  return `${printable(`the root of ${of} was signed at ${signedAt} by ${authority}${who}`)}\n`;
}
