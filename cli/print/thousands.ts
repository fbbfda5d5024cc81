/** `-1,234.5` of `-1234.5`: the whole part of a plain decimal number in groups of three. Anything else stays as it is. */
export function thousands(number: string): string {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(number) ?? [];
  return sign === undefined ? number : sign + whole.replace(/\B(?=(?:\d{3})+$)/g, ',') + fraction;
}
