// An object of the language as a line of controls: its fields from a table, those that may be added as buttons.
// A field of a table: {key, kind, word, label, optional, add, make}. Kinds are functions (holder, field, ctx) -> element.
import { el, _ } from './api.js';
import { fill } from './builder-combobox.js';

/** @typedef {{key?: string, kind: string, word?: string, label?: string, optional?: boolean, add?: string, make?: () => any, options?: [string, string][], drops?: string[], block?: boolean}} Field */

export const KINDS = {};

/** Make a control for a kind known; each file of kinds calls it for its own. */
export function kinds(more) { Object.assign(KINDS, more); }

// Rules and values hold each other: these are found when they are drawn, so that the files need no circle.
export const ruleBox = (slot, ctx) => KINDS.ruleBox(slot, ctx);
export const valueBox = (slot, ctx) => KINDS.valueBox(slot, ctx);

const FOCUSABLE = 'input,select,textarea,button,summary';

/** Put a fresh element in the place of an old one; who was at work in it stays at the control of the same name. */
export function renew(old, fresh) {
  const at = document.activeElement;
  const inside = old.contains(at) ? at : null;
  const key = inside?.dataset.k;
  const nth = key ? [...old.querySelectorAll(`[data-k="${key}"]`)].indexOf(inside) : -1;
  old.replaceWith(fresh);
  if (!inside) return;
  const found = key ? fresh.querySelectorAll(`[data-k="${key}"]`)[nth] : null;
  (found ?? fresh.querySelector(FOCUSABLE))?.focus();
}

/**
 * @param {any} holder the object @param {Field[]} fields @param {any} ctx
 * @returns {HTMLElement}
 */
export function form(holder, fields, ctx) {
  const box = el('span', { class: 'form' });
  const again = (focus) => {
    const fresh = form(holder, fields, ctx);
    renew(box, fresh);
    if (focus) fresh.querySelector(`:scope > [data-field="${focus}"]`)?.querySelector(FOCUSABLE)?.focus();
  };
  const own = { ...ctx, again };
  const adds = [];
  for (const field of fields) {
    if (field.key !== undefined && !(field.key in holder)) {
      if (field.optional) adds.push(adding(holder, field, own));
      continue;
    }
    box.append(part(holder, field, own));
  }
  if (adds.length === 1) box.append(adds[0]);
  else if (adds.length) box.append(el('details', { class: 'adds' }, el('summary', { 'data-k': 'more' }, _('+ more')), el('span', { class: 'inside' }, adds)));
  return box;
}

function part(holder, field, ctx) {
  const made = KINDS[field.kind](holder, field, ctx);
  const remove = field.optional ? el('button', { type: 'button', class: 'plain small remove', 'aria-label': fill(_('Remove: {name}'), { name: field.add ?? field.label }),
    onclick: () => { delete holder[field.key]; ctx.model.changed(); ctx.again(); } }, '×') : null;
  return el('span', { class: field.block ? 'part block' : 'part', 'data-field': field.key }, field.word ? el('span', { class: 'word' }, field.word) : null, field.block ? [remove, made] : [made, remove]);
}

function adding(holder, field, ctx) {
  return el('button', { type: 'button', class: 'plain small add', onclick: () => {
    for (const key of field.drops ?? []) delete holder[key];
    holder[field.key] = field.make();
    ctx.model.changed();
    ctx.again(field.key);
  } }, `+ ${field.add}`);
}

/**
 * One of several shapes, chosen from a list; the chosen one's controls follow.
 * @param {{label: string, key?: string, options: {name: string, word: string, is: (value: any) => boolean, make: (value: any) => any, draw: (slot: any) => Node|Node[]|null}[], slot: any}} wish
 */
export function variants(wish) {
  const { slot, options, label } = wish;
  const current = options.find((one) => one.is(slot.get())) ?? options[0];
  const box = el('span', { class: 'variants' });
  const select = el('select', { 'aria-label': label, 'data-k': wish.key ?? 'variant' }, options.map((one) => el('option', { value: one.name }, one.word)));
  select.value = current.name;
  select.covers = [slot];
  select.addEventListener('change', () => {
    slot.set(options.find((one) => one.name === select.value).make(slot.get()));
    renew(box, variants(wish));
  });
  box.append(select, ...[current.draw(slot)].flat().filter(Boolean));
  return box;
}
