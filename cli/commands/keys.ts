import { wrongUsage } from '../ledger/options.ts';
import type { AddCommand } from './add-command.ts';
import { addKeysList } from './keys-list.ts';
import { addKeysRemove } from './keys-remove.ts';
import { addKeysSet } from './keys-set.ts';

/** `balances keys`: what the deployed secret holds, and one change of it. */
export const addKeys: AddCommand = (program, context) => {
  const keys = program
    .command('keys')
    .description('list, set or remove the API keys in the deployed secret')
    .usage('list | set <name> | remove <name>')
    .helpCommand(false)
    // What follows may be a key, which commander would print.
    .allowExcessArguments(true)
    .allowUnknownOption(true)
    .addHelpText('after', '\nExample: balances keys list')
    .action(() => {
      throw wrongUsage('write keys list, keys set NAME or keys remove NAME');
    });
  addKeysList(keys, context);
  addKeysSet(keys, context);
  addKeysRemove(keys, context);
};
