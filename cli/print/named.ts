/** `BTC, ETH and 3 more`: the first names of a list, and how many are left out. */
export function named(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`;
}
