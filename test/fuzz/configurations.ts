import { configurationTable, parseConfig, type StackConfig } from '../../infra/config.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { REGION_IDS } from '../../lambda/core/regions.ts';
import { CADENCES, TIME_ZONES } from '../../lambda/core/slots.ts';
import type { Chance } from './chance.ts';
import { mutateText, mutateTree, oddText, oddValue } from './mutate.ts';
import { must, type Target } from './target.ts';

const KEYS = configurationTable();

/** A value that is allowed, as `cdk.json` or `-c` gives it; or nearly allowed. */
function value(chance: Chance, key: string): unknown {
  switch (key) {
    case 'regions':
      return chance.times(1 + chance.below(4), () => chance.pick(['sg', 'id', 'th', 'kr'])).join(',');
    case 'every':
      return chance.pick(['1m', '5m', '1h', '12h', '1d', '7m', '60m']);
    case 'timeZone':
      return chance.pick(['UTC', 'Asia/Singapore', 'Asia/Seoul', 'Europe/Paris']);
    case 'memory':
      return chance.oneIn(2) ? chance.below(3_000) : String(chance.below(3_000));
    case 'logDays':
      return chance.oneIn(2) ? chance.pick([1, 30, 31, 3653]) : chance.pick(['1', '30', '031']);
    case 'jwtAlg':
      return chance.pick(['HS256', 'HS512', 'none']);
    case 'egress':
      return chance.pick(['dynamic', 'nat-instance', 'nat-gateway', 'vpn']);
    case 'alarmEmail':
      return chance.pick([
        'ops@example.com',
        'ops+upbit@mail.example.com',
        'ops@',
        '@example.com',
        'a b@example.com',
      ]);
    case 'dashboard':
    case 'prices':
    case 'seals':
      return chance.pick([true, false, 'true', 'false', 'yes', 1]);
    case 'removal':
      return chance.pick(['retain', 'destroy', 'snapshot']);
    case 'replicas':
      return chance.oneIn(4)
        ? chance.pick(['prepared', 'none', 'eu-west'])
        : chance.times(1 + chance.below(3), () => chance.pick(['eu-west-1', 'us-east-1', 'x'])).join(',');
    default:
      return chance.oneIn(2) ? `stack-${chance.below(1e6)}` : oddValue(chance);
  }
}

/** The context of the CDK app: `parseConfig`. */
export const configurations: Target<Readonly<Record<string, unknown>>> = {
  name: 'configurations',
  share: 15,
  make(chance) {
    const names = chance.times(chance.below(5), () => {
      if (chance.oneIn(30)) return oddText(chance);
      const key = KEYS[chance.below(KEYS.length)]?.key ?? 'every';
      return chance.oneIn(30) ? mutateText(chance, key) : key;
    });
    return Object.fromEntries(
      names.map((name) => {
        const right = value(chance, name);
        return [name, chance.oneIn(6) ? mutateTree(chance, right) : right];
      }),
    );
  },
  judge(context) {
    try {
      judgeConfig(parseConfig(context));
      return 'accepted';
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'config.invalid') throw error;
      const key = Object.keys(context).find((name) =>
        error.message.startsWith(`the configuration key ${name} is `),
      );
      must(
        key !== undefined || / is unknown; allowed: /.test(error.message),
        () => `it does not say where: ${error.message}`,
      );
      must(error.message.includes('; allowed: '), () => `it does not say what is allowed: ${error.message}`);
      must(/^[\x20-\x7e]+$/.test(error.message), () => 'more than ASCII');
      return key === undefined ? 'an unknown key' : 'a value rejected';
    }
  },
};

function judgeConfig(config: StackConfig): void {
  const { stackName, regions, every, timeZone, memory, jwtAlg, removal, alarmEmail } = config;
  must(/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stackName), () => `the name ${stackName}`);
  must(regions.length > 0 && new Set(regions).size === regions.length, () => `the regions ${regions}`);
  must(
    regions.every((region) => REGION_IDS.includes(region)),
    () => `the regions ${regions}`,
  );
  must(
    Object.hasOwn(CADENCES, every) && Object.hasOwn(TIME_ZONES, timeZone),
    () => `${every} in ${timeZone}`,
  );
  must(Number.isSafeInteger(memory) && memory >= 256 && memory <= 2048, () => `${memory} MB`);
  must(jwtAlg === undefined || jwtAlg === 'HS256' || jwtAlg === 'HS512', () => `signed with ${jwtAlg}`);
  must(alarmEmail === undefined || /^[^@\s]+@[^@\s]+$/.test(alarmEmail), () => `the address ${alarmEmail}`);
  for (const key of ['dashboard', 'prices', 'seals'] as const)
    must(typeof config[key] === 'boolean', () => `${key} ${config[key]}`);
  const { replicas = [] } = config;
  must(
    new Set(replicas).size === replicas.length &&
      replicas.every((name) => /^[a-z]+(-[a-z]+)+-\d+$/.test(name)),
    () => `copies in ${replicas}`,
  );
  must(removal === 'retain' || removal === 'destroy', () => `removal ${removal}`);
}
