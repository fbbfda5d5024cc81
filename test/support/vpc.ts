import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The NAT instance's private address; AWS's internet gateway would translate it to the public one. */
export const NAT = '10.0.0.4';
export const COLLECTOR = '10.0.0.36';
export const SERVER = '203.0.113.10';

/** Why a network cannot be created here; undefined if it can. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid?.() !== 0) return 'not root';
  for (const program of ['ip', 'nft', 'unshare', 'chroot'])
    if (spawnSync(program, ['--version']).error !== undefined) return `no ${program} here`;
  const trial = spawnSync('unshare', ['--net', '--mount', 'sh', '-ec', `nft list ruleset; ${DISK}`]);
  return trial.status === 0 ? undefined : 'namespaces are not permitted here';
}

/** The instance's own disk, an overlay on this machine's: what is written to /mnt/root is gone with the process. */
const DISK = `mount -t tmpfs disk /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
for folder in proc dev; do mount --rbind /$folder /mnt/root/$folder; done
`;

/** Stand-ins for the package manager, the service manager and the swap file. Everything else is real. */
const STAND_INS = {
  // The repository cannot be reached at first: the address is not attached yet.
  dnf: '[ -e /tried ] || { touch /tried; echo dnf has no network; exit 1; }; echo "dnf $*"',
  sleep: 'echo "sleep $*"',
  dd: 'touch /swapfile',
  mkswap: 'echo "mkswap $*"',
  swapon: 'echo "swapon $*"',
  swapoff: 'echo "swapoff $*"',
  // A unit runs when it is enabled with --now, and at boot if it was enabled.
  systemctl: `echo "systemctl $*"
run() { sed -n 's/^ExecStart=//p' "/etc/systemd/system/$1" | sh -e; }
case "$1 $2" in
  'enable --now') touch "/enabled-$3"; run "$3" ;;
  boot*) for unit in /enabled-*; do run "\${unit#/enabled-}"; done ;;
esac`,
};

/** The stack's VPC as network namespaces: the collector, the NAT instance, the VPC's router, and an internet. */
export class Vpc {
  readonly #prefix = `vpc${process.pid}`;
  readonly #bin = mkdtempSync(join(tmpdir(), 'stand-ins-'));
  readonly #servers: (() => void)[] = [];

  constructor() {
    for (const [name, body] of Object.entries(STAND_INS))
      writeFileSync(join(this.#bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    for (const name of ['router', 'collector', 'nat', 'internet']) {
      execFileSync('ip', ['netns', 'add', this.#name(name)]);
      this.#in(name, 'ip link set lo up');
    }
    this.#join('collector', `${COLLECTOR}/27`, '10.0.0.33/27');
    this.#join('nat', `${NAT}/27`, '10.0.0.1/27');
    this.#join('internet', `${SERVER}/24`, '203.0.113.1/24');
    // The route tables: the collector's route out is the instance. Traffic from the internet to the collector also goes
    // to the instance, which no internet gateway would do, so that the instance must block it.
    this.#in(
      'router',
      `echo 1 > /proc/sys/net/ipv4/ip_forward
       ip route add default via ${NAT} dev nat table 100
       ip rule add iif collector lookup 100
       ip route add 10.0.0.32/27 via ${NAT} dev nat table 101
       ip rule add iif internet lookup 101`,
    );
  }

  /** Starts the instance with its user data, and then reboots it the given number of times. Returns what was printed. */
  start(userData: string, { boots = 0 } = {}): string {
    const [script, machine] = [join(this.#bin, 'user-data'), join(this.#bin, 'machine')];
    const off = 'nft flush ruleset\necho 0 > /proc/sys/net/ipv4/ip_forward\n';
    const tools = `mkdir -p /mnt/root${this.#bin}\nmount --bind ${this.#bin} /mnt/root${this.#bin}\n`;
    const again = `${off}systemctl boot\n`.repeat(boots);
    writeFileSync(script, userData, { mode: 0o755 });
    writeFileSync(
      machine,
      `${off}${DISK}${tools}exec chroot /mnt/root sh -e <<'EOF'\n${script}\n${again}EOF\n`,
    );
    return this.#in('nat', `PATH=${this.#bin}:$PATH exec unshare --mount sh -e ${machine}`);
  }

  /** Listens on a port and sends every client its own address. */
  async serve(name: string, port: number): Promise<void> {
    const program = `require('net').createServer((socket) => socket.end(socket.remoteAddress)).listen(${port}, '0.0.0.0', () => console.log('listening'))`;
    const child = spawn('ip', ['netns', 'exec', this.#name(name), process.execPath, '-e', program]);
    this.#servers.push(() => child.kill());
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
  }

  /** Connects, and returns the address the other side saw; undefined if there was no answer within two seconds. */
  connect(name: string, address: string, port: number): string | undefined {
    const program = `require('net').connect({ host: '${address}', port: ${port}, timeout: 2000 })
      .on('data', (text) => console.log(String(text))).on('timeout', () => process.exit(1)).on('error', () => process.exit(1))`;
    const { status, stdout } = spawnSync('ip', [
      'netns',
      'exec',
      this.#name(name),
      process.execPath,
      '-e',
      program,
    ]);
    return status === 0 ? String(stdout).trim() : undefined;
  }

  remove(): void {
    for (const end of this.#servers) end();
    for (const name of ['router', 'collector', 'nat', 'internet'])
      execFileSync('ip', ['netns', 'del', this.#name(name)]);
    rmSync(this.#bin, { recursive: true });
  }

  #name(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  #in(name: string, commands: string): string {
    return execFileSync('ip', ['netns', 'exec', this.#name(name), 'sh', '-ec', commands], {
      encoding: 'utf8',
    });
  }

  /** Connects a namespace to the router, its only route. */
  #join(name: string, address: string, gateway: string): void {
    this.#in('router', `ip link add ${name} type veth peer name eth0 netns ${this.#name(name)}`);
    this.#in('router', `ip addr add ${gateway} dev ${name}; ip link set ${name} up`);
    this.#in(
      name,
      `ip addr add ${address} dev eth0; ip link set eth0 up; ip route add default via ${gateway.replace(/\/.*/, '')}`,
    );
  }
}
