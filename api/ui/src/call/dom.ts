// el makes an element. Text is always set as text, so nothing a city wrote is executed.

type Child = Node | string | null;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

export function byId(id: string): HTMLElement {
  const node = document.getElementById(id);
  if (!node) throw new Error(`index.html has no #${id}`);
  return node;
}

/** A button that does something. */
export function button(attributes: Record<string, string>, does: () => void, ...children: Child[]): HTMLButtonElement {
  const node = el("button", { type: "button", ...attributes }, ...children);
  node.addEventListener("click", does);
  return node;
}

/** A headed list. */
export function section(title: string, items: HTMLElement[], list: "ul" | "ol" = "ul"): HTMLElement {
  return el("section", {}, el("h3", {}, title), el(list, {}, ...items));
}
