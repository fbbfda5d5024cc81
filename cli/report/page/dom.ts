import type { Markup } from '../markup.ts';

/** Markup as DOM. */
export function toDom({ tag, attributes, children }: Markup): HTMLElement {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.map((child) => (typeof child === 'string' ? child : toDom(child))));
  return node;
}

/** The element with this id. Throws if there is none. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new RangeError(`the page has no #${id}`);
  return found;
}

/** An empty element with a class. */
export function make(tag: string, className: string): HTMLElement {
  const node = document.createElement(tag);
  if (className !== '') node.className = className;
  return node;
}

/** An entry of a legend: the name of its mark, and its text. */
export function keyItem(name: string, text: string): HTMLElement {
  const item = make('span', `key-${name}`);
  item.textContent = text;
  return item;
}

/** A labelled drop-down list. */
export function picker(
  label: string,
  onChange: (value: string) => void,
): {
  readonly node: HTMLElement;
  offer(values: readonly (string | readonly [value: string, text: string])[], chosen: string): void;
} {
  const select = document.createElement('select');
  select.addEventListener('change', () => onChange(select.value));
  const node = document.createElement('label');
  node.className = 'field';
  const name = document.createElement('span');
  name.textContent = label;
  node.append(name, select);
  return {
    node,
    offer(values, chosen) {
      select.replaceChildren(
        ...values.map((one) => {
          const [value, text] = typeof one === 'string' ? [one, one] : one;
          return new Option(text, value, value === chosen, value === chosen);
        }),
      );
    },
  };
}

/** A button with a click handler. */
export function button(text: string, onPress: () => void): HTMLButtonElement {
  const node = document.createElement('button');
  node.type = 'button';
  node.textContent = text;
  node.addEventListener('click', onPress);
  return node;
}
