import { configurationTable, parseConfig } from '../../../infra/config.ts';
import { ALONE } from '../template/combinations.ts';

/** A context of one key. */
export type Choice = readonly [key: string, value: string];

/** Each site alone, and every site. */
const REGIONS = ['sg', 'id', 'th', 'kr', 'sg,id,th,kr'];
/** At both ends. */
const MEMORY = ['256', '2048'];

/** Each value of each key that lists its values, and a few of each that does not. The stack's name is not one. */
export function everyValue(): readonly Choice[] {
  const listed = configurationTable().flatMap(({ key, allowed }) =>
    allowed.split(', ').flatMap((value): Choice[] => (isAllowed(key, value) ? [[key, value]] : [])),
  );
  const others = [
    ...REGIONS.map((value): Choice => ['regions', value]),
    ...MEMORY.map((value): Choice => ['memory', value]),
    ...ALONE.flat(),
  ];
  const distinct = new Map([...listed, ...others].map((choice) => [choice.join('='), choice] as const));
  return [...distinct.values()].filter(([key]) => key !== 'stackName');
}

function isAllowed(key: string, value: string): boolean {
  try {
    parseConfig({ [key]: value });
    return true;
  } catch {
    return false;
  }
}
