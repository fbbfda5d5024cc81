/**
 * What the NAT instance does at its first start: Bash for cloud-init, on Amazon Linux 2023. At every start after that
 * systemd runs the unit it leaves behind. Only what comes from `cidr` goes out, to port 443; only answers come back.
 *
 * - nftables is the one package it installs: the repository has it, no image does
 *   (docs.aws.amazon.com/linux/al2023/release-notes/relnotes-2023.12.20260803.html lists it among the former alone).
 * - dnf is known to be killed for want of memory in 512 MB, hence the swap file while it works
 *   (github.com/amazonlinux/amazon-linux-2023/issues/404).
 * - The address is attached to the instance only once it runs, and until then there is no way to the repository: dnf is
 *   tried until it succeeds.
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
