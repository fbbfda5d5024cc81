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

/** A labelled drop-down list. */
export function picker(
  label: string,
  onChange: (value: string) => void,
): { readonly node: HTMLElement; offer(values: readonly string[], chosen: string): void } {
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
        ...values.map((value) => new Option(value, value, value === chosen, value === chosen)),
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
