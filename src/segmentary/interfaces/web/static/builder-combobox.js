// A searchable combobox (ARIA APG: editable combobox with list autocomplete and a listbox popup). Written once.
// Arrow keys move through the options, Enter takes one, Escape closes, Tab goes on with what stands there.
import { el, _ } from './api.js';

/** @typedef {{value: string, title?: string, detail?: string, meta?: string, group?: string, pick?: any}} Choice */

let made = 0;
const WAIT_MS = 120;
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/**
 * @param {{label: string, value?: string, placeholder?: string, key?: string, wide?: boolean, clears?: 'best'|'typed', free?: boolean, live?: boolean,
 *   source: (text: string, signal: AbortSignal) => Promise<Choice[]>|Choice[], taken: (value: string, choice: Choice|null) => void}} wish
 *   clears: the field is emptied when something is taken (a picker that adds the best option, or what is typed);
 *   free: any text may stand (unless false); live: somebody else writes down what is typed, letter by letter
 */
export function combobox(wish) {
  const id = `combo-${++made}`;
  const list = el('ul', { role: 'listbox', id: `${id}-list`, 'aria-label': wish.label, class: 'combo-list', hidden: true });
  const input = el('input', {
    role: 'combobox', id, 'aria-label': wish.label, 'aria-autocomplete': 'list', 'aria-expanded': 'false',
    'aria-controls': `${id}-list`, autocomplete: 'off', spellcheck: 'false', placeholder: wish.placeholder, 'data-k': wish.key, maxlength: '200',
  });
  input.value = wish.value ?? '';
  const told = el('span', { class: 'visually-hidden', role: 'status' });
  const box = el('span', { class: `combo${wish.wide ? ' wide' : ''}` }, input, list, told);
  let choices = [], active = -1, timer = 0, asking = null, committed = input.value;

  const close = () => {
    clearTimeout(timer); asking?.abort(); active = -1; list.hidden = true;
    input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant');
  };
  const mark = (place) => {
    active = place;
    [...list.querySelectorAll('[role=option]')].forEach((one, i) => one.setAttribute('aria-selected', String(i === active)));
    const found = list.querySelector('[aria-selected=true]');
    if (found) { input.setAttribute('aria-activedescendant', found.id); found.scrollIntoView({ block: 'nearest' }); }
    else input.removeAttribute('aria-activedescendant');
  };
  const take = (choice) => {
    close();
    const value = choice ? choice.value : input.value;
    if (wish.clears) { if (!choice && (wish.clears !== 'typed' || !value.trim())) return; input.value = ''; committed = ''; }
    else { input.value = value; if (value === committed) return; committed = value; }
    wish.taken(value, choice);
  };
  const show = (found) => {
    choices = found;
    list.replaceChildren();
    let group = '';
    found.forEach((one, i) => {
      if (one.group && one.group !== group) { group = one.group; list.append(el('li', { role: 'presentation', class: 'combo-group' }, group)); }
      list.append(el('li', { role: 'option', id: `${id}-${i}`, 'aria-selected': 'false', onmousedown: (event) => event.preventDefault(), onclick: () => take(one) },
        el('span', { class: 'combo-name' }, one.title ?? one.value), one.meta ? el('span', { class: 'combo-meta' }, one.meta) : null,
        one.detail ? el('span', { class: 'combo-detail' }, one.detail) : null));
    });
    if (!found.length) list.append(el('li', { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false', class: 'combo-none' }, _('Nothing found')));
    list.hidden = false; active = -1;
    input.setAttribute('aria-expanded', 'true'); input.removeAttribute('aria-activedescendant');
    told.textContent = fill(_('{n} suggestions'), { n: found.length });
  };
  const search = async (text) => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const found = await wish.source(text, signal);
      if (!signal.aborted && document.activeElement === input) show(found);
    } catch (problem) { if (!signal.aborted) close(); }
  };
  const later = (text) => { clearTimeout(timer); timer = setTimeout(() => search(text), WAIT_MS); };

  input.addEventListener('input', () => later(input.value));
  input.addEventListener('click', () => { if (list.hidden) search(wish.clears ? input.value : ''); });
  input.addEventListener('blur', () => {
    close();
    if (wish.clears === 'typed') { take(null); return; }
    if (wish.clears || input.value === committed) return;
    if (wish.free === false && !choices.some((one) => one.value === input.value)) { input.value = committed; return; }
    committed = input.value;
    wish.taken(input.value, null);
  });
  input.addEventListener('keydown', async (event) => {
    const open = !list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) { clearTimeout(timer); await search(input.value === committed && !wish.clears ? '' : input.value); if (list.hidden) return; mark(event.key === 'ArrowDown' ? 0 : choices.length - 1); return; }
      mark(event.key === 'ArrowDown' ? Math.min(active + 1, choices.length - 1) : Math.max(active - 1, -1));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (open && active >= 0) return take(choices[active]);
      if (wish.clears !== 'best') return take(null);
      // A picker that adds takes what fits best, once the answer to the newest letters is there.
      clearTimeout(timer);
      const text = input.value;
      await search(text);
      if (input.value === text && choices.length && text.trim()) take(choices[0]);
    } else if (event.key === 'Escape') {
      if (open) { event.preventDefault(); event.stopPropagation(); close(); } else if (!wish.clears && !wish.live) input.value = committed;
    } else if ((event.key === 'Home' || event.key === 'End') && open && active >= 0) {
      event.preventDefault(); mark(event.key === 'Home' ? 0 : choices.length - 1);
    }
  });
  box.control = input;
  box.show = (value) => { input.value = value; committed = value; };
  return box;
}
