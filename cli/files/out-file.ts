import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { CodedError } from '../../lambda/core/error.ts';
import { onFile } from './file-problem.ts';

/**
 * The file that `--out` names, written in place of standard output. It appears, or replaces an older one, only once it is whole;
 * only its owner can read it.
 */
export class OutFile {
  readonly #path: string;
  readonly #unfinished: string;
  #file: number | undefined;

  /** @throws CodedError `file.invalid` if the file cannot be written. */
  constructor(path: string) {
    this.#path = path;
    this.#unfinished = `${path}.${process.pid}.tmp`;
    const found = onFile(path, () => statSync(path, { throwIfNoEntry: false }));
    if (found !== undefined && !found.isFile())
      throw new CodedError('file.invalid', `${path} cannot be written: it is not a file`);
    this.#file = onFile(path, () => openSync(this.#unfinished, 'wx', 0o600));
  }

  /** @throws CodedError `file.invalid`, for example if the disk is full. */
  write(text: string): void {
    const file = this.#file;
    if (file !== undefined) onFile(this.#path, () => void writeAll(file, Buffer.from(text)));
  }

  /** Puts the finished file in its place, or with `keep` false removes what was written. */
  close(keep: boolean): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    if (keep) onFile(this.#path, () => renameSync(this.#unfinished, this.#path));
    else rmSync(this.#unfinished, { force: true });
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
