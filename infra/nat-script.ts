/**
 * The setup script of the NAT instance: Bash for cloud-init, on Amazon Linux 2023, run at the first start. At every
 * later start systemd runs the unit it installs. Only traffic from `cidr` goes out, to port 443; only answers come back.
 *
 * - It installs one package, nftables, which is in the repository but in no image
 *   (docs.aws.amazon.com/linux/al2023/release-notes/relnotes-2023.12.20260803.html lists it only for the repository).
 * - dnf is known to run out of memory in 512 MB, hence the swap file while it runs
 *   (github.com/amazonlinux/amazon-linux-2023/issues/404).
 * - The address is attached only once the instance runs, and until then the repository is unreachable, so dnf is retried
 *   until it succeeds.
 * - nftables is 1.0.4: no `destroy`.
 *
 * @param cidr whose traffic it forwards, as IPv4 CIDR
 */
export function natScript(cidr: string): string {
  return `#!/bin/bash
set -euo pipefail

dd if=/dev/zero of=/swapfile bs=1M count=512
chmod 600 /swapfile
mkswap /swapfile
swapon /swapfile
until dnf install --assumeyes nftables; do sleep 5; done
swapoff /swapfile
rm /swapfile

cat > /etc/nat.nft <<'EOF'
flush ruleset
table ip nat {
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    ip saddr ${cidr} ip daddr != ${cidr} tcp dport 443 accept
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr ${cidr} masquerade
  }
}
EOF

cat > /etc/systemd/system/nat.service <<'EOF'
[Unit]
Description=Network address translation
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft --file /etc/nat.nft
ExecStart=/bin/sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
systemctl enable --now nat.service
`;
}
