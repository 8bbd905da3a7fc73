// Fixed values of any type, alone or as a list: text, exact numbers, yes or no, days, instants.
import { el, _ } from './api.js';
import { combobox, fill } from './builder-combobox.js';
import { choose, covering, exact, moment, numberOf, numeric } from './builder-fields.js';
import { isTyped } from './builder-model.js';
import { typeName } from './builder-ask.js';

/** @typedef {{type?: string|null, guess?: string, values?: ((text: string, signal: AbortSignal) => any)|null, label: string, model: any}} Wish */

export function typeOf(value) {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number' || (isTyped(value) && 'number' in value)) return 'number';
  if (isTyped(value)) return 'date' in value ? 'date' : 'time';
  return value === null || value === undefined ? null : 'text';
}

export const shownOf = (value) => (value === null || value === undefined ? '' : isTyped(value) ? String(Object.values(value)[0]) : typeof value === 'boolean' ? (value ? _('yes') : _('no')) : String(value));

/** What was typed as a value of a type. */
export function valueOf(typed, type) {
  if (typed === '') return null;
  switch (type) {
    case 'number': return exact(typed);
    case 'boolean': return typed === 'true' || typed === _('yes');
    case 'date': return { date: typed };
    case 'time': return { time: typed };
    default: return typed;
  }
}

/** One value. Where its type is not known, the type stands beside it. @param {any} slot @param {Wish} wish */
export function scalar(slot, wish) {
  const own = typeOf(slot.get());
  const type = own ?? (wish.type && wish.type !== 'list' ? wish.type : wish.guess ?? 'text');
  const dated = (one) => one === 'date' || one === 'time';
  const settled = wish.type && wish.type !== 'list' && (type === wish.type || (dated(type) && dated(wish.type)));
  const box = el('span', { class: 'pair' }, control(slot, type, wish));
  if (!settled) {
    const types = ['text', 'number', 'boolean', 'date', 'time'].map((one) => [one, typeName(one)]);
    box.append(choose(`${wish.label}: ${_('type of the value')}`, types, type, (next) => {
      const held = slot.get();
      const typed = isTyped(held) ? Object.values(held)[0] : held ?? '';
      slot.set(next === 'boolean' ? String(typed) === 'true' : dated(next) ? { [next]: '' } : next === 'number' ? exact(String(typed)) : String(typed));
      box.replaceWith(scalar(slot, wish));
    }, 'type'));
  }
  return box;
}

function control(slot, type, wish) {
  const { label, values } = wish;
  switch (type) {
    case 'boolean':
      return covering(choose(label, [['true', _('yes')], ['false', _('no')]], String(slot.get() ?? true), (value) => slot.set(value === 'true'), 'value'), slot);
    case 'number': return numeric(slot, { label, key: 'value' });
    case 'date': case 'time': return moment(slot, { label });
    default: return free(slot, label, values);
  }
}

/** Text with suggestions; what is typed is in the document at once. */
function free(slot, label, values) {
  const stood = slot.get();
  const written = (typed) => (stood !== null && stood !== undefined && typed === String(stood) ? stood : typed === '' ? null : typed);
  if (!values) {
    const made = el('input', { 'aria-label': label, size: '14', 'data-k': 'value', autocomplete: 'off', spellcheck: 'false', maxlength: '2000' });
    made.value = stood ?? '';
    made.addEventListener('input', () => slot.set(written(made.value)));
    return covering(made, slot);
  }
  const made = combobox({ label, value: stood ?? '', key: 'value', live: true, source: values, taken: (value) => slot.set(written(value)) });
  made.control.addEventListener('input', () => slot.set(written(made.control.value)));
  return covering(made, slot);
}

/** Several values, as tokens with a field that adds. @param {any} slot holds the list @param {Wish & {key?: string}} wish */
export function tokens(slot, wish) {
  const box = el('span', { class: 'tokens', role: 'group', 'aria-label': wish.label });
  const list = () => slot.get() ?? [];
  const type = () => typeOf(list()[0]) ?? (wish.type && wish.type !== 'list' ? wish.type : 'text');
  const add = (typed) => {
    const new_ = String(typed).split(/[\n\t;]+/).map((one) => one.trim()).filter(Boolean).map((one) => valueOf(one, type()));
    slot.set([...list(), ...new_]);
    draw();
  };
  const typedDate = wish.type === 'date';
  const adder = typedDate ? el('input', { type: 'date', 'aria-label': `${wish.label}: ${_('add')}`, 'data-k': 'add', onchange: (event) => { if (event.target.value) { add(event.target.value); event.target.value = ''; } } })
    : combobox({ label: `${wish.label}: ${_('add')}`, key: wish.key ?? 'add', clears: 'typed', placeholder: _('add …'), source: wish.values ?? (() => []), taken: (value) => add(value) });
  const field = adder.control ?? adder;
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Backspace' && field.value === '' && list().length && !typedDate) { slot.set(list().slice(0, -1)); draw(); }
  });
  const draw = () => {
    for (const old of [...box.querySelectorAll('.token')]) old.remove();
    const held = list();
    adder.before(...held.map((one, i) => el('span', { class: 'token' }, el('span', {}, shownOf(one)),
      el('button', { type: 'button', class: 'plain', 'aria-label': fill(_('Remove {name}'), { name: shownOf(one) }), onclick: () => {
        slot.set(held.filter((_one, place) => place !== i)); draw(); field.focus();
      } }, '×'))));
  };
  box.append(adder);
  draw();
  return covering(box, slot);
}
export { numberOf };
