/** A plausible bug, as a text replacement in one file. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/** Bugs that the simulation must find. The test plants them in copies. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'no condition on the put',
    file: 'lambda/adapters/ledger/writer.ts',
    from: '        ...condition,\n',
    to: '',
  },
  {
    name: 'keyed by the clock',
    file: 'lambda/core/event.ts',
    from: "  return { value: { kind: 'slot', slot } };",
    to: "  return { value: { kind: 'slot', slot: now - (now % SECOND) } };",
  },
  {
    name: '429 retried at once',
    file: 'lambda/collector/passes.ts',
    from: '      candidate.cause = verdict;\n      return false;',
    to: "      if (verdict.retry === 'thrice') return await this.#attempt(candidate, limit);\n      candidate.cause = verdict;\n      return false;",
  },
  {
    name: 'partial lists written',
    file: 'lambda/core/balances.ts',
    from: '    const { value: balance, problem } = parseLine(line);\n',
    to: '    const { value: balance, problem } = parseLine(line);\n    if (problem !== undefined) continue;\n',
  },
  {
    name: 'a put error swallowed',
    file: 'lambda/collector/recorder.ts',
    from: "      this.#note(who, asking, entry, 'unrecorded', false, error);",
    to: '      this.#note(who, asking, entry, outcome, false);',
  },
  {
    name: 'a tolerance of an hour',
    file: 'lambda/core/slots.ts',
    from: '90 * SECOND), 5 * MINUTE)',
    to: '90 * SECOND) + HOUR, HOUR)',
  },
  {
    name: 'a block not honoured',
    file: 'lambda/collector/blocks.ts',
    from: '    return Math.max(this.#until.get(account) ?? 0, this.#until.get(host) ?? 0);',
    to: '    return this.#until.get(host) ?? 0;',
  },
  {
    name: 'a blocked address still called',
    file: 'lambda/collector/blocks.ts',
    from: "    if (whom === 'address') this.#lengthen(host, until);",
    to: '',
  },
  {
    name: 'the first number of a block read',
    file: 'lambda/adapters/upbit/stated-wait.ts',
    from: '...durations(text).map(({ ms }) => ms),',
    to: '...durations(text).slice(0, 1).map(({ ms }) => ms),',
  },
  {
    name: 'a failure over a success',
    file: 'lambda/adapters/ledger/writer.ts',
    from: "const A_FAILURE_THERE = 'attribute_exists(#failure)';",
    to: "const A_FAILURE_THERE = 'attribute_not_exists(#failure)';",
  },
  {
    name: 'a failure replaced by one without a call',
    file: 'lambda/core/snapshot.ts',
    from: "(entry.attempts > 0 && entry.failure !== 'late')",
    to: 'entry.attempts >= 0',
  },
  {
    name: 'the access key stored',
    file: 'lambda/adapters/fingerprint.ts',
    from: "createHash('sha256').update(accessKey).digest('hex').slice(0, 8)",
    to: "Buffer.from(createHash.name + accessKey).toString('base64')",
  },
  {
    name: 'the item before the catalog',
    file: 'lambda/collector/recorder.ts',
    from: '        await this.#announce(who, blockedUntil);\n        return await',
    to: '        void this.#announce(who, blockedUntil);\n        return await',
  },
  {
    name: 'the catalog overwritten blindly',
    file: 'lambda/adapters/ledger/accounts.ts',
    from: '        ...(before === undefined ? NOT_THERE : unchanged(before)),\n',
    to: '',
  },
  {
    name: 'one nonce for every call',
    file: 'lambda/adapters/upbit/exchange.ts',
    from: 'signToken(key, nonce(), chosen)',
    to: 'signToken(key, nonce().replace(/.{4}$/, "0000"), chosen)',
  },
  {
    name: 'a rotated key not read again',
    file: 'lambda/collector/key-ring.ts',
    from: '    if (!this.#earlier) return undefined;',
    to: '    if (this.#earlier) return undefined;',
  },
  {
    name: 'only one pass',
    file: 'lambda/collector/call-limits.ts',
    from: 'PASSES = [2 * SECOND, 15 * SECOND, 60 * SECOND, 150 * SECOND] as const;',
    to: 'PASSES: number[] = [];',
  },
  {
    name: 'a missing slot not listed',
    file: 'lambda/core/completeness.ts',
    from: 'else if (due) yield missing(account, slot, ifMissing);',
    to: "else if (due && ifMissing === 'scheduleChanged') yield missing(account, slot, ifMissing);",
  },
  {
    name: 'amounts through a float',
    file: 'lambda/core/item.ts',
    from: '{ N: formatDecimal(amount(line)) }',
    to: '{ N: String(Number(formatDecimal(amount(line)))) }',
  },
  {
    name: 'the catalog read once per process',
    file: 'lambda/handlers/assemble.ts',
    from: 'lifetime ?? 0)',
    to: 'lifetime)',
  },
  {
    name: 'an account missing from the secret forgotten',
    file: 'lambda/core/roll-call.ts',
    from: '[...named, ...openAccounts(catalog, region, slot)]',
    to: '[...named, ...openAccounts(catalog, region, -slot)]',
  },
  {
    name: 'a whole region stopped by one refusal',
    file: 'lambda/collector/passes.ts',
    from: '    const met = (candidate.met[verdict.retry] ?? 0) + 1;',
    to: "    if (verdict.code === 'key.scope')\n      this.#parts.blocks.note(subject.account, regionOf(subject.account), { until: observedAt + 60_000, whom: 'address' });\n    const met = (candidate.met[verdict.retry] ?? 0) + 1;",
  },
  {
    name: 'a waiting run that never ends',
    file: 'lambda/collector/passes.ts',
    from: '      if (waiting.size === 0) break;\n',
    to: '      if (waiting.size === 0) await sleep(3_600_000, trouble);\n      if (waiting.size === 0) break;\n',
  },
  {
    name: 'a currency that was sold out is left out',
    file: 'lambda/history/sold-out.ts',
    from: '      for (const currency of listed) known.add(currency);\n',
    to: '',
  },
  {
    name: 'snapshots of an old grid counted as those of expected slots',
    file: 'cli/ledger/snapshots.ts',
    from: 'isExpectedAndDue(periods, slot, now)) settled',
    to: 'slot <= now) settled',
  },
  {
    name: 'a total that lacks an account is complete',
    file: 'cli/commands/latest.ts',
    from: '    return 3;\n',
    to: '    return 0;\n',
  },
  {
    name: 'an account that was closed is expected until its last closing',
    file: 'lambda/core/catalog.ts',
    from: '  const begins = [since, ...closed.map(({ to }) => to)];',
    to: '  const begins = [since];',
  },
  {
    name: 'the catalog read with eventual consistency',
    file: 'lambda/adapters/ledger/catalog.ts',
    from: '        ConsistentRead: true,\n',
    to: '',
  },
  {
    name: 'prices stored for another slot',
    file: 'lambda/collector/price-records.ts',
    from: '    region,\n    slot,\n',
    to: '    region,\n    slot: slot - 60_000,\n',
  },
  {
    name: 'prices replaced by later ones',
    file: 'lambda/adapters/ledger/writer.ts',
    from: 'put(table, item, FIRST, signal)',
    to: 'put(table, item, {}, signal)',
  },
  {
    name: 'prices of what is not held stored',
    file: 'lambda/core/prices.ts',
    from: '      if (!needed.has(partsOf(market).base)) return [];\n',
    to: '',
  },
  {
    name: 'prices through a float',
    file: 'lambda/core/price-item.ts',
    from: '{ N: formatDecimal(price) }',
    to: '{ N: String(Number(formatDecimal(price))) }',
  },
  {
    name: 'a price of 0 believed',
    file: 'lambda/core/prices.ts',
    from: 'if (price === undefined || isZero(price) || isNegative(price)) return undefined;',
    to: 'if (price === undefined || isNegative(price)) return undefined;',
  },
  {
    name: 'one of two prices chosen',
    file: 'lambda/core/prices.ts',
    from: "  for (const market of twice) if (typeof market === 'string') prices.delete(market);\n",
    to: '',
  },
  {
    name: 'trades of the future believed',
    file: 'lambda/core/prices.ts',
    from: 'tradedAt > observedAt + CLOCKS_APART',
    to: 'tradedAt > observedAt + 24 * HOUR',
  },
  {
    name: 'prices told and not stored',
    file: 'lambda/collector/price-records.ts',
    from: '  if (held.size === 0) return;\n',
    to: '  if (held.size < 3) return;\n',
  },
  {
    name: 'one quote that is not traded costs the others',
    file: 'lambda/collector/price-source.ts',
    from: "whole.code !== 'upbit.refused' || ",
    to: 'whole.code !== undefined || ',
  },
  {
    name: 'a ticker with a moment’s trouble given up',
    file: 'lambda/collector/price-source.ts',
    from: "retry === 'never' ||",
    to: "retry !== 'once' ||",
  },
  {
    name: 'a block of the ticker not honoured',
    file: 'lambda/collector/price-source.ts',
    from: '    if (verdict.block !== undefined) this.#blockedUntil.set(region, verdict.block.until);\n',
    to: '',
  },
  {
    name: 'a region that blocks the address asked for prices',
    file: 'lambda/handlers/assemble.ts',
    from: 'new PriceSource(createTicker(hosts), clock, blocks)',
    to: 'new PriceSource(createTicker(hosts), clock)',
  },
  {
    name: 'a wait that the ticker asked for ignored',
    file: 'lambda/collector/price-source.ts',
    from: 'now + MIN_PAUSE, notBefore)',
    to: 'now + MIN_PAUSE)',
  },
  {
    name: 'a token sent to the ticker',
    file: 'lambda/adapters/upbit/ticker.ts',
    from: "headers: { 'accept-encoding': 'gzip' }",
    to: "headers: { 'accept-encoding': 'gzip', authorization: 'Bearer' }",
  },
  {
    name: 'prices taken although switched off',
    file: 'lambda/handlers/assemble.ts',
    from: 'environment.prices ? ',
    to: 'environment.prices || true ? ',
  },
  {
    name: 'a run that waits for prices',
    file: 'lambda/collector/price-source.ts',
    from: 'isFirst ? never : decided',
    to: 'never',
  },
  {
    name: 'accounts asked after the ticker',
    file: 'lambda/collector/collect.ts',
    from: '      await new RegionRun(',
    to: '      await quotation;\n      await new RegionRun(',
  },
  {
    name: 'a region without prices counted as a failed account',
    file: 'lambda/collector/collect.ts',
    from: '      decided.abort();\n',
    to: '      decided.abort();\n      const fail = () => Object.assign(keys.value, { unnamed: keys.value.unnamed + 1 });\n      void quotation?.then(({ prices }) => prices ?? fail());\n',
  },
  {
    name: 'a block of the ticker stops the accounts',
    file: 'lambda/collector/price-source.ts',
    from: '    if (verdict.block !== undefined) this.',
    to: "    if (verdict.block !== undefined && this.#blocks instanceof Blocks)\n      this.#blocks.note(region + '/main', region, { ...verdict.block, whom: 'address' });\n    if (verdict.block !== undefined) this.",
  },
];
