import { describe, expect, it, test } from 'vitest';
import { configurationTable, parseConfig, refuseCopyAtHome, warningsAbout } from '../../infra/config.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { TIMESTAMP_URL_FORM } from '../../lambda/core/timestamp-url.ts';
import { ALL_CADENCES, ALL_TIME_ZONES } from '../support/arbitraries.ts';

const CLOUDWATCH_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const LABEL = 'd'.repeat(63);
/** 254 characters, the maximum length. */
const LONGEST_EMAIL = `${'x'.repeat(64)}@${LABEL}.${LABEL}.${'d'.repeat(57)}.com`;
const EMAIL = 'one plain e-mail address such as ops@example.com, at most 254 characters';
const REGIONS = 'one or more of sg, id, th, kr, with commas and no spaces, each once';
const REPLICAS = 'other AWS regions such as eu-west-1, with commas and no spaces, each once; or prepared';

/** The error of parseConfig for an invalid context. */
function refusal(context: Record<string, unknown>): string {
  try {
    parseConfig(context);
  } catch (error) {
    if (error instanceof CodedError && error.code === 'config.invalid') return error.message;
    throw error;
  }
  throw new Error(`${JSON.stringify(context)} was accepted`);
}

describe('the configuration', () => {
  it('has a default for every key', () => {
    expect(parseConfig({})).toStrictEqual({
      stackName: 'upbit-balance-snapshots',
      regions: ['sg', 'id', 'th'],
      every: '1h',
      timeZone: 'UTC',
      egress: 'dynamic',
      alarmEmail: undefined,
      dashboard: false,
      memory: 256,
      logDays: 30,
      jwtAlg: undefined,
      removal: 'retain',
      prices: true,
      seals: true,
      timestampUrl: undefined,
      replicas: undefined,
    });
  });

  it('accepts text values from -c', () => {
    expect(
      parseConfig({
        stackName: 'a-2',
        regions: 'th,kr,sg',
        every: '5m',
        timeZone: 'Asia/Seoul',
        egress: 'nat-gateway',
        alarmEmail: 'ops@example.com',
        dashboard: 'true',
        memory: '512',
        logDays: '3653',
        jwtAlg: 'HS512',
        removal: 'destroy',
        prices: 'false',
        seals: 'false',
        timestampUrl: 'https://tsa.example/tsr',
        replicas: 'us-gov-east-1,eusc-de-east-1',
      }),
    ).toStrictEqual({
      stackName: 'a-2',
      regions: ['th', 'kr', 'sg'],
      every: '5m',
      timeZone: 'Asia/Seoul',
      egress: 'nat-gateway',
      alarmEmail: 'ops@example.com',
      dashboard: true,
      memory: 512,
      logDays: 3653,
      jwtAlg: 'HS512',
      removal: 'destroy',
      prices: false,
      seals: false,
      timestampUrl: 'https://tsa.example/tsr',
      replicas: ['us-gov-east-1', 'eusc-de-east-1'],
    });
  });

  it('has no copies with replicas=prepared, unlike without the key, for which it has no list of them', () => {
    expect(parseConfig({ replicas: 'prepared' }).replicas).toStrictEqual([]);
    expect(parseConfig({}).replicas).toBeUndefined();
  });

  it('accepts numbers from cdk.json', () => {
    expect(parseConfig({ memory: 2048, logDays: 1 })).toMatchObject({ memory: 2048, logDays: 1 });
  });

  it.each([
    [true, true],
    [false, false],
    ['true', true],
    ['false', false],
  ])('accepts the dashboard value %j', (dashboard, taken) => {
    expect(parseConfig({ dashboard }).dashboard).toBe(taken);
  });

  it.each([
    [true, true],
    [false, false],
    ['true', true],
    ['false', false],
  ])('accepts the prices value %j', (prices, taken) => {
    expect(parseConfig({ prices }).prices).toBe(taken);
  });

  it.each([
    [true, true],
    [false, false],
    ['true', true],
    ['false', false],
  ])('accepts the seals value %j', (seals, taken) => {
    expect(parseConfig({ seals }).seals).toBe(taken);
  });

  it.each([
    'a@b.co',
    'first.last+upbit@mail.example.co.uk',
    "o'neil_1!#$%&*/=?^`{|}~-@example.com",
    'OPS@EXAMPLE.COM',
    'ops@xn--bcher-kva.example',
    'ops@3m.example',
    `${'x'.repeat(64)}@example.com`,
    LONGEST_EMAIL,
  ])('accepts the address %s', (alarmEmail) => {
    expect(parseConfig({ alarmEmail }).alarmEmail).toBe(alarmEmail);
  });

  it.each(CLOUDWATCH_DAYS)('accepts a log retention of %i days', (logDays) => {
    expect(parseConfig({ logDays: `${logDays}` }).logDays).toBe(logDays);
  });

  it('knows every cadence and time zone of the grid', () => {
    for (const every of ALL_CADENCES) expect(parseConfig({ every }).every).toBe(every);
    for (const timeZone of ALL_TIME_ZONES) expect(parseConfig({ timeZone }).timeZone).toBe(timeZone);
  });

  it.each([
    '@aws-cdk/core:validateAgainstDefaultRules',
    'aws:cdk:enable-path-metadata',
    'aws-cdk:enableDiffNoFail',
    'availability-zones:account=123456789012:region=eu-west-1',
    'acknowledged-issue-numbers',
    'cli-telemetry',
  ])("leaves the CDK's own key %s alone", (key) => {
    expect(parseConfig({ [key]: true })).toStrictEqual(parseConfig({}));
  });
});

describe('an invalid configuration is refused, naming the key, the value and the allowed values,', () => {
  it.each([
    ['regions', 'SG', '"SG"', REGIONS],
    ['regions', 'sg ', '"sg "', REGIONS],
    ['regions', '', '""', REGIONS],
    ['regions', 'sg-api.upbit.com', '"sg-api.upbit.com"', REGIONS],
    ['regions', 'sg/../x', '"sg/../x"', REGIONS],
    ['regions', 'sg@evil', '"sg@evil"', REGIONS],
    ['regions', 'sg%2e', '"sg%2e"', REGIONS],
    ['regions', 'ѕg', '"\\u0455g"', REGIONS],
    ['regions', 'sg,id,sg', '"sg,id,sg"', REGIONS],
    ['regions', 'sg, id', '"sg, id"', REGIONS],
    ['regions', 'sg,', '"sg,"', REGIONS],
    ['regions', ',', '","', REGIONS],
    ['regions', ['sg'], '["sg"]', REGIONS],
    ['regions', null, 'null', REGIONS],
    ['regions', 5, '5', REGIONS],
    ['regions', [], '[]', REGIONS],
    ['regions', 'constructor', '"constructor"', REGIONS],
    ['every', '7m', '"7m"', '1m, 5m, 10m, 15m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h, 1d'],
    ['every', '0m', '"0m"', '1m, '],
    ['every', '60m', '"60m"', '1m, '],
    ['every', '1w', '"1w"', '1m, '],
    ['every', 5, '5', '1m, '],
    ['every', 'toString', '"toString"', '1m, '],
    [
      'timeZone',
      'Europe/Paris',
      '"Europe/Paris"',
      'UTC, Asia/Singapore, Asia/Jakarta, Asia/Bangkok, Asia/Seoul',
    ],
    ['timeZone', 'Mars/One', '"Mars/One"', 'UTC, '],
    ['timeZone', 0, '0', 'UTC, '],
    ['egress', 'fixed', '"fixed"', 'dynamic, nat-instance, nat-gateway'],
    ['egress', 'NAT-instance', '"NAT-instance"', 'dynamic, '],
    ['egress', '', '""', 'dynamic, '],
    ['egress', true, 'true', 'dynamic, '],
    ['alarmEmail', '', '""', EMAIL],
    ['alarmEmail', 'ops', '"ops"', EMAIL],
    ['alarmEmail', 'ops@', '"ops@"', EMAIL],
    ['alarmEmail', '@example.com', '"@example.com"', EMAIL],
    ['alarmEmail', 'ops@localhost', '"ops@localhost"', EMAIL],
    ['alarmEmail', 'ops@example.com.', '"ops@example.com."', EMAIL],
    ['alarmEmail', 'ops@example..com', '"ops@example..com"', EMAIL],
    ['alarmEmail', 'ops@-example.com', '"ops@-example.com"', EMAIL],
    ['alarmEmail', 'ops@example-.com', '"ops@example-.com"', EMAIL],
    ['alarmEmail', 'ops@exa_mple.com', '"ops@exa_mple.com"', EMAIL],
    ['alarmEmail', 'ops@192.0.2.1', '"ops@192.0.2.1"', EMAIL],
    ['alarmEmail', 'ops@[192.0.2.1]', '"ops@[192.0.2.1]"', EMAIL],
    ['alarmEmail', '.ops@example.com', '".ops@example.com"', EMAIL],
    ['alarmEmail', 'ops.@example.com', '"ops.@example.com"', EMAIL],
    ['alarmEmail', 'o..ps@example.com', '"o..ps@example.com"', EMAIL],
    ['alarmEmail', 'a@b@example.com', '"a@b@example.com"', EMAIL],
    ['alarmEmail', '"a b"@example.com', '"\\"a b\\"@example.com"', EMAIL],
    ['alarmEmail', 'Ops <ops@example.com>', '"Ops <ops@example.com>"', EMAIL],
    ['alarmEmail', 'mailto:ops@example.com', '"mailto:ops@example.com"', EMAIL],
    ['alarmEmail', 'a@example.com,b@example.com', '"a@example.com,b@example.com"', EMAIL],
    ['alarmEmail', ' ops@example.com', '" ops@example.com"', EMAIL],
    ['alarmEmail', 'ops@example.com\n', '"ops@example.com\\n"', EMAIL],
    ['alarmEmail', 'ops@exаmple.com', '"ops@ex\\u0430mple.com"', EMAIL],
    ['alarmEmail', 'öps@example.com', '"\\u00f6ps@example.com"', EMAIL],
    ['alarmEmail', `${'x'.repeat(65)}@example.com`, `"${'x'.repeat(65)}@example.com"`, EMAIL],
    ['alarmEmail', `ops@d${LABEL}.com`, `"ops@d${LABEL}.com"`, EMAIL],
    ['alarmEmail', `${LONGEST_EMAIL}m`, `"${LONGEST_EMAIL}m"`, EMAIL],
    ['alarmEmail', 5, '5', EMAIL],
    ['alarmEmail', true, 'true', EMAIL],
    ['alarmEmail', null, 'null', EMAIL],
    ['alarmEmail', ['ops@example.com'], '["ops@example.com"]', EMAIL],
    ['timestampUrl', 'tsa.example', '"tsa.example"', TIMESTAMP_URL_FORM],
    ['timestampUrl', 'ftp://tsa.example/', '"ftp://tsa.example/"', TIMESTAMP_URL_FORM],
    ['timestampUrl', 'https://a@tsa.example/', '"https://a@tsa.example/"', TIMESTAMP_URL_FORM],
    ['timestampUrl', '', '""', TIMESTAMP_URL_FORM],
    ['timestampUrl', true, 'true', TIMESTAMP_URL_FORM],
    ['prices', 'yes', '"yes"', 'true, false'],
    ['prices', 'False', '"False"', 'true, false'],
    ['prices', 'false ', '"false "', 'true, false'],
    ['prices', '', '""', 'true, false'],
    ['prices', 0, '0', 'true, false'],
    ['prices', null, 'null', 'true, false'],
    ['seals', 'no', '"no"', 'true, false'],
    ['seals', 'True', '"True"', 'true, false'],
    ['seals', 1, '1', 'true, false'],
    ['replicas', '', '""', REPLICAS],
    ['replicas', 'none', '"none"', REPLICAS],
    ['replicas', 'Ireland', '"Ireland"', REPLICAS],
    ['replicas', 'EU-WEST-1', '"EU-WEST-1"', REPLICAS],
    ['replicas', 'eu-west', '"eu-west"', REPLICAS],
    ['replicas', 'eu-west-1a', '"eu-west-1a"', REPLICAS],
    ['replicas', 'eu-west-1, us-east-1', '"eu-west-1, us-east-1"', REPLICAS],
    ['replicas', 'eu-west-1,', '"eu-west-1,"', REPLICAS],
    ['replicas', 'eu-west-1,eu-west-1', '"eu-west-1,eu-west-1"', REPLICAS],
    ['replicas', 'prepared,eu-west-1', '"prepared,eu-west-1"', REPLICAS],
    ['replicas', 'eu-west-1\n', '"eu-west-1\\n"', REPLICAS],
    ['replicas', ['eu-west-1'], '["eu-west-1"]', REPLICAS],
    ['replicas', true, 'true', REPLICAS],
    ['replicas', null, 'null', REPLICAS],
    ['dashboard', 'yes', '"yes"', 'true, false'],
    ['dashboard', 'True', '"True"', 'true, false'],
    ['dashboard', 'true ', '"true "', 'true, false'],
    ['dashboard', '', '""', 'true, false'],
    ['dashboard', '1', '"1"', 'true, false'],
    ['dashboard', 1, '1', 'true, false'],
    ['dashboard', 0, '0', 'true, false'],
    ['dashboard', null, 'null', 'true, false'],
    ['memory', 100, '100', 'whole MB from 256 to 2048'],
    ['memory', '100', '"100"', 'whole MB from 256 to 2048'],
    ['memory', 255, '255', 'whole MB'],
    ['memory', 2049, '2049', 'whole MB'],
    ['memory', 512.5, '512.5', 'whole MB'],
    ['memory', '512.0', '"512.0"', 'whole MB'],
    ['memory', '0x200', '"0x200"', 'whole MB'],
    ['memory', '512 ', '"512 "', 'whole MB'],
    ['memory', 'large', '"large"', 'whole MB'],
    ['memory', '', '""', 'whole MB'],
    ['memory', true, 'true', 'whole MB'],
    ['logDays', 31, '31', CLOUDWATCH_DAYS.join(', ')],
    ['logDays', '31', '"31"', '1, 3, 5'],
    ['logDays', 9999, '9999', '1, 3, 5'],
    ['logDays', 'ONE_DAY', '"ONE_DAY"', '1, 3, 5'],
    ['logDays', '', '""', '1, 3, 5'],
    ['logDays', '30d', '"30d"', '1, 3, 5'],
    ['logDays', null, 'null', '1, 3, 5'],
    ['jwtAlg', 'none', '"none"', 'HS256, HS512'],
    ['jwtAlg', '', '""', 'HS256, HS512'],
    ['jwtAlg', null, 'null', 'HS256, HS512'],
    ['jwtAlg', 256, '256', 'HS256, HS512'],
    ['removal', 'snapshot', '"snapshot"', 'retain, destroy'],
    ['removal', true, 'true', 'retain, destroy'],
    ['removal', 0, '0', 'retain, destroy'],
    ['stackName', true, 'true', 'a letter'],
    ['stackName', 5, '5', 'a letter, then at most 127 letters, digits and hyphens'],
    ['stackName', '', '""', 'a letter'],
    ['stackName', '1st', '"1st"', 'a letter'],
    ['stackName', 'my_stack', '"my_stack"', 'a letter'],
    ['stackName', 'stack\n', '"stack\\n"', 'a letter'],
    ['stackName', 'x'.repeat(129), `"${'x'.repeat(129)}"`, 'a letter'],
  ])('for %s %j', (key, value, shown, allowed) => {
    expect(refusal({ [key]: value })).toContain(
      `the configuration key ${key} is ${shown}; allowed: ${allowed}`,
    );
  });

  it.each(['evrey', 'Every', 'egres', 'region', '', '__proto__', 'constructor'])(
    'for the unknown key %j',
    (key) => {
      expect(refusal(Object.fromEntries([[key, '1h']]))).toBe(
        `the configuration key ${JSON.stringify(key)} is unknown; allowed: stackName, regions, every, timeZone, egress, alarmEmail, dashboard, memory, logDays, jwtAlg, removal, prices, seals, timestampUrl, replicas`,
      );
    },
  );
});

test('the configuration table has every key with its default and its allowed values', () => {
  const table = configurationTable();
  expect(table.map(({ key }) => key)).toStrictEqual(Object.keys(parseConfig({})));
  for (const { key, fallback, allowed } of table) {
    const withoutIt = parseConfig(fallback === 'none' ? {} : { [key]: fallback });
    expect(withoutIt, key).toStrictEqual(parseConfig({}));
    expect(refusal({ [key]: {} }), key).toContain(`; allowed: ${allowed}`);
  }
});

describe('a copy of the table', () => {
  const config = parseConfig({ replicas: 'eu-west-1,ap-southeast-1' });

  it('is refused where the table itself is', () => {
    expect(() => refuseCopyAtHome(config, 'ap-southeast-1')).toThrow(
      new CodedError(
        'config.invalid',
        'the configuration key replicas is "eu-west-1,ap-southeast-1"; allowed: AWS regions other than ap-southeast-1, where the table itself is',
      ),
    );
  });

  it('is accepted anywhere else, and everywhere if the AWS region of the deploy is not known', () => {
    for (const awsRegion of ['us-east-1', 'eu-west-2', undefined])
      expect(() => refuseCopyAtHome(config, awsRegion)).not.toThrow();
    for (const replicas of [{}, { replicas: 'prepared' }])
      expect(() => refuseCopyAtHome(parseConfig(replicas), 'ap-southeast-1')).not.toThrow();
  });
});

describe('a warning', () => {
  const ids = (context: Record<string, unknown>) => warningsAbout(parseConfig(context)).map(({ id }) => id);

  it('is given once for Korea with an address that changes, and says what to do', () => {
    for (const regions of ['kr', 'sg,kr,th']) {
      const [warning, ...others] = warningsAbout(parseConfig({ regions }));
      expect(others).toStrictEqual([]);
      expect(warning).toStrictEqual({
        id: 'upbit-balance-snapshots:address-changes',
        text: expect.stringMatching(
          /^regions has kr, where every key must list .+ set egress to nat-instance or nat-gateway .+key\.addressNotAllowed/,
        ),
      });
    }
  });

  it('is given for no other region, and for no fixed address', () => {
    expect(ids({})).toStrictEqual([]);
    expect(ids({ regions: 'sg,id,th' })).toStrictEqual([]);
    for (const egress of ['nat-instance', 'nat-gateway'])
      expect(ids({ regions: 'kr', egress })).toStrictEqual([]);
  });

  it('is given for an authority that has no seals to sign', () => {
    const timestampUrl = 'https://tsa.example/tsr';
    expect(ids({ timestampUrl, seals: false })).toStrictEqual(['upbit-balance-snapshots:nothing-to-sign']);
    expect(ids({ timestampUrl })).toStrictEqual([]);
  });
});
