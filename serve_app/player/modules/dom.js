// @ts-check
/** Small helpers for the page's elements. */

/**
 * The element with this id; a missing one is a defect of the page.
 *
 * @template {HTMLElement} [ElementT=HTMLElement]
 * @param {string} id
 * @returns {ElementT}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element ${id}`);
  return /** @type {ElementT} */ (element);
}

/**
 * The first match inside `parent`; a missing one is a defect of the page.
 *
 * @template {HTMLElement} [ElementT=HTMLElement]
 * @param {ParentNode} parent
 * @param {string} selector
 * @returns {ElementT}
 */
export function find(parent, selector) {
  const element = parent.querySelector(selector);
  if (!element) throw new Error(`no element ${selector}`);
  return /** @type {ElementT} */ (element);
}

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 */
export function make(tag, attributes = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {string} name of a symbol in icons.svg */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/player/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/**
 * An error in words: what happened, what to do, and the server's own sentence in small.
 *
 * @param {{happened: string, advice: string, detail?: string}} words
 */
export function paragraphs({ happened, advice, detail }) {
  const lines = [make("p", {}, [happened])];
  if (advice) lines.push(make("p", {}, [advice]));
  if (detail) lines.push(make("p", { class: "detail" }, [detail]));
  return lines;
}
