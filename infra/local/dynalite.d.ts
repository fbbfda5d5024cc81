declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** The dynalite options used here: github.com/architect/dynalite#programmatically-returns-a-nodejs-http-server */
  interface Options {
    /** A folder for its data; in memory if absent. */
    readonly path?: string;
    readonly createTableMs?: number;
  }

  export default function dynalite(options: Options): Server;
}
