/** A whole number, written as everywhere in the page: `1,483`. */
export function count(number: number): string {
  return number.toLocaleString('en');
}

/** `1 slot`, `1,483 slots`. */
export function counted(number: number, one: string, several = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : several}`;
}
