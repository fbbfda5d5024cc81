/** An element of the page, rendered as HTML by the command and as DOM by the page. */
export interface Markup {
  readonly tag: string;
  /** Undefined and false are omitted; true has no value. */
  readonly attributes: Readonly<Record<string, string | boolean | undefined>>;
  readonly children: readonly (Markup | string)[];
}

export function element(
  tag: string,
  attributes: Markup['attributes'],
  ...children: Markup['children']
): Markup {
  return { tag, attributes, children };
}

/** HTML text. All text and attributes are escaped here and nowhere else. */
export function toHtml(markup: Markup | string): string {
  if (typeof markup === 'string') return escapeHtml(markup);
  const attributes = Object.entries(markup.attributes).map(([name, value]) => {
    if (value === undefined || value === false) return '';
    return value === true ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`;
  });
  return `<${markup.tag}${attributes.join('')}>${markup.children.map(toHtml).join('')}</${markup.tag}>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\u2028\u2029]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
