/** Values in DER, the encoding of certificates and tokens (ITU-T X.690); only what the tests write. */

function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const size = body.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

export const sequence = (...items: readonly Uint8Array[]) => tagged(0x30, ...items);
/** DER sorts the members of a set by their bytes. */
export const set = (...items: readonly Uint8Array[]) => tagged(0x31, ...[...items].sort(Buffer.compare));
export const octets = (bytes: Uint8Array) => tagged(0x04, bytes);
export const bits = (bytes: Uint8Array) => tagged(0x03, Buffer.from([0]), bytes);
export const flag = (value: boolean) => tagged(0x01, Buffer.from([value ? 0xff : 0]));
export const nothing = () => tagged(0x05);
export const text = (value: string) => tagged(0x0c, Buffer.from(value));
/** `20261128052901Z`. */
export const generalizedTime = (value: string) => tagged(0x18, Buffer.from(value));
/** To the second. */
export const time = (at: number) =>
  generalizedTime(`${new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`);
/** A value in the context of its structure: constructed, so explicit. */
export const inContext = (tag: number, ...items: readonly Uint8Array[]) => tagged(0xa0 + tag, ...items);

/** A whole number, not negative. */
export function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return tagged(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** `1.2.840.113549.1.7.2`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const base128 = (value: number): number[] => {
    const digits = [value & 0x7f];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left & 0x7f) | 0x80);
    return digits;
  };
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}
