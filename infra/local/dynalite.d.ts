declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** What is used of dynalite's options: github.com/architect/dynalite#programmatically-returns-a-nodejs-http-server */
  interface Options {
    /** A folder of its own; in memory without it. */
    readonly path?: string;
    readonly createTableMs?: number;
  }

  export default function dynalite(options: Options): Server;
}
