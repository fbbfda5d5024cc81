/**
 * Printable ASCII, whatever the text: any other character, `%`, and those that `reserved` matches are written as their UTF-8
 * bytes, each `%` and two hex digits, as in a URL. So the text can be decoded.
 */
export function percentEscaped(text: string, reserved?: RegExp): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      const isKept = /[ -$&-~]/.test(character) && reserved?.test(character) !== true;
      return isKept ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
