#!/usr/bin/env node
// `npx balances`: the sources are TypeScript, which tsx runs.
import 'tsx';

await import('./balances.ts');
