import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectOf } from '../support/checkout.ts';
import { synthesize } from '../support/synthesized.ts';
import { COLLECTOR, NAT, obstacle, SERVER, Vpc } from '../support/vpc.ts';

const [stack] = synthesize({ egress: 'nat-instance' });
const USER_DATA = String(objectOf(stack.the('AWS::EC2::Instance').properties['UserData'])['Fn::Base64']);

/** The user data without the lines that contain a text. Throws if there is none. */
function without(text: string): string {
  const lines = USER_DATA.split('\n');
  const others = lines.filter((line) => !line.includes(text));
  if (others.length === lines.length) throw new Error(`no line has ${text}`);
  return others.join('\n');
}

const reason = obstacle();

describe.runIf(reason === undefined)(
  `the NAT instance’s own user data, between network namespaces${reason === undefined ? '' : ` (not run: ${reason})`}`,
  () => {
    let vpc: Vpc;
    beforeAll(async () => {
      vpc = new Vpc();
      await Promise.all([vpc.serve('internet', 443), vpc.serve('internet', 80), vpc.serve('collector', 443)]);
    });
    afterAll(() => vpc.remove());

    describe('after it has run', () => {
      let printed: string;
      beforeAll(() => {
        printed = vpc.start(USER_DATA);
      });

      it('lets the collector reach the internet from the address of the instance', () => {
        expect(vpc.connect('collector', SERVER, 443)).toBe(NAT);
      });

      it('lets nothing on the internet reach the collector', () => {
        expect(vpc.connect('internet', COLLECTOR, 443)).toBeUndefined();
      });

      it('forwards only HTTPS', () => {
        expect(vpc.connect('collector', SERVER, 80)).toBeUndefined();
      });

      it('lets the instance itself reach the internet', () => {
        expect(vpc.connect('nat', SERVER, 80)).toBe(NAT);
      });

      it('has installed one package, using swap meanwhile, after retrying until there was a network', () => {
        expect(printed.trim().split('\n')).toStrictEqual([
          'mkswap /swapfile',
          'swapon /swapfile',
          'dnf has no network',
          'sleep 5',
          'dnf install --assumeyes nftables',
          'swapoff /swapfile',
          'systemctl daemon-reload',
          'systemctl enable --now nat.service',
        ]);
      });
    });

    it('installs a unit that does the same at every boot', () => {
      vpc.start(USER_DATA, { boots: 2 });
      expect(vpc.connect('collector', SERVER, 443)).toBe(NAT);
      expect(vpc.connect('internet', COLLECTOR, 443)).toBeUndefined();
    });

    it('depends on masquerading: without it the address is the collector’s', () => {
      vpc.start(without('masquerade'));
      expect(vpc.connect('collector', SERVER, 443)).toBe(COLLECTOR);
    });

    it('depends on its filter chain: without it everybody reaches the collector', () => {
      vpc.start(without('policy drop'));
      expect(vpc.connect('internet', COLLECTOR, 443)).toBe(SERVER);
    });

    it('depends on forwarding: without it nobody reaches anything', () => {
      vpc.start(without('ip_forward'));
      expect(vpc.connect('collector', SERVER, 443)).toBeUndefined();
    });
  },
);
