// Controls for one thing each: text, numbers, lengths of time, calendar periods, moments, choices of words, flags.
// Each takes a slot and writes into it while it is typed; none is made anew by what the server answers.
import { el, _ } from './api.js';

/** Say which places of the document a control shows; tests hold all of them against the document. */
export function covering(control, ...slots) { control.covers = slots; return control; }

export const UNITS = [['min', _('minutes')], ['h', _('hours')], ['d', _('days')], ['w', _('weeks')], ['mo', _('months')], ['q', _('quarters')], ['y', _('years')]];
const DURATION = /^(\d*)(min|h|d|w|mo|q|y)$/;
const PERIODS = [['day', _('day')], ['week', _('week')], ['month', _('month')], ['quarter', _('quarter')], ['year', _('year')], ['fiscal_quarter', _('fiscal quarter')], ['fiscal_year', _('fiscal year')]];

/** A select. @param {[string, string][]} options value and name */
export function choose(label, options, value, chosen, key = 'choose') {
  const all = options.some(([one]) => one === value) ? options : [...options, [value, value]];
  const made = el('select', { 'aria-label': label, 'data-k': key }, all.map(([one, name]) => el('option', { value: one }, name)));
  made.value = value;
  made.addEventListener('change', () => chosen(made.value, made));
  return made;
}

/** Text; `width` in letters. */
export function text(slot, { label, width = 14, key = 'text', placeholder }) {
  const made = el('input', { 'aria-label': label, size: String(width), 'data-k': key, placeholder, autocomplete: 'off', spellcheck: 'false', maxlength: '2000' });
  const stood = slot.get();
  made.value = stood ?? '';
  made.addEventListener('input', () => slot.set(typeof stood === 'number' && String(stood) === made.value ? stood : made.value));
  return covering(made, slot);
}

export const numberOf = (value) => (value && typeof value === 'object' ? value.number : value === null || value === undefined ? '' : String(value));
/** A number as the document holds it: whole ones as they are, others as exact text; what is no number stays text. */
export function exact(typed, stood) {
  const said = typed.trim();
  if (stood !== undefined && numberOf(stood) === said) return stood;
  if (said === '') return null;
  if (/^-?(0|[1-9]\d*)$/.test(said) && Number.isSafeInteger(Number(said))) return Number(said);
  return /^[-+]?\d*[.,]?\d+(e[-+]?\d+)?$/i.test(said) ? { number: said.replace(',', '.').replace(/^([-+]?)0+(?=\d)/, '$1').replace(/^([-+]?)\./, '$10.') } : said;
}

/** An exact number. `whole`: digits only. */
export function numeric(slot, { label, key = 'number', width = 7 }) {
  const made = el('input', { 'aria-label': label, inputmode: 'decimal', size: String(width), 'data-k': key, class: 'numeric', autocomplete: 'off', maxlength: '60' });
  made.value = numberOf(slot.get());
  made.addEventListener('input', () => slot.set(exact(made.value, slot.get())));
  return covering(made, slot);
}

/** A length of time, such as 30d: an amount and a unit. */
export function duration(slot, { label }) {
  const found = DURATION.exec(slot.get() ?? '');
  if (!found && slot.get()) return text(slot, { label });
  const amount = el('input', { 'aria-label': label, inputmode: 'numeric', size: '4', class: 'numeric', 'data-k': 'amount', maxlength: '6', autocomplete: 'off' });
  amount.value = found?.[1] ?? '';
  const write = () => slot.set(amount.value.trim() === '' ? null : `${amount.value.trim()}${unit.value}`);
  const unit = choose(`${label}: ${_('unit')}`, UNITS, found?.[2] ?? 'd', write, 'unit');
  amount.addEventListener('input', write);
  return covering(el('span', { class: 'pair' }, amount, unit), slot);
}

/** Two lengths of time. */
export function durations(slot, { label, model }) {
  const list = slot.get();
  return el('span', { class: 'pair' }, duration(model.slot(list, 0), { label: `${label} (${_('from')})` }), el('span', { class: 'word' }, _('and')), duration(model.slot(list, 1), { label: `${label} (${_('to')})` }));
}

/** A calendar period: this_week, previous_5_weeks. */
export function calendar(slot, { label }) {
  const found = /^(this|previous)_(?:(\d+)_)?(.+?)$/.exec(slot.get() ?? 'previous_month');
  const plural = Boolean(found?.[2]);
  const count = el('input', { 'aria-label': _('how many periods'), inputmode: 'numeric', size: '3', class: 'numeric', 'data-k': 'count', maxlength: '4' });
  count.value = found?.[2] ?? '1';
  const write = () => {
    const many = which.value === 'previous' && /^\d+$/.test(count.value) && Number(count.value) > 1;
    count.hidden = which.value === 'this';
    slot.set(many ? `previous_${count.value}_${unit.value}s` : `${which.value}_${unit.value}`);
  };
  const which = choose(label, [['this', _('this')], ['previous', _('the previous')]], found?.[1] ?? 'previous', write, 'which');
  const unit = choose(`${label}: ${_('unit')}`, PERIODS, plural ? found[3].replace(/s$/, '') : found?.[3] ?? 'month', write, 'unit');
  count.hidden = which.value === 'this';
  count.addEventListener('input', write);
  return covering(el('span', { class: 'pair' }, which, count, unit), slot);
}

const SIMPLE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/;
/** A day or an instant: {date} or {time}, told apart by a choice where both may stand. */
export function moment(slot, { label, only = null }) {
  const value = slot.get();
  const kind = only ?? (typeof value === 'object' && value ? Object.keys(value)[0] : 'date');
  const held = value && typeof value === 'object' ? value[kind] ?? '' : value ?? '';
  const native = kind === 'date' ? /^(\d{4}-\d\d-\d\d)?$/.test(held) : held === '' || SIMPLE_TIME.test(held);
  const box = el('span', { class: 'pair' });
  const made = native ? el('input', { type: kind === 'date' ? 'date' : 'datetime-local', step: kind === 'date' ? null : '1', 'aria-label': label, 'data-k': 'moment' })
    : el('input', { 'aria-label': label, size: '20', 'data-k': 'moment' });
  made.value = native && kind === 'time' ? held.replace('Z', '') : held;
  const first = made.value;
  made.addEventListener('input', () => {
    if (made.value === first) { slot.set(value); return; }
    if (!made.value) { slot.set(null); return; }
    slot.set({ [kind]: native && kind === 'time' ? `${made.value.length === 16 ? `${made.value}:00` : made.value}Z` : made.value });
  });
  box.append(made);
  if (kind === 'time') box.append(el('span', { class: 'word' }, 'UTC'));
  if (!only) box.append(choose(_('day or exact time'), [['date', _('day')], ['time', _('time')]], kind, (next) => {
    slot.set({ [next]: next === 'date' ? String(held).slice(0, 10) : held ? `${String(held).slice(0, 10)}T00:00:00Z` : '' });
    box.replaceWith(moment(slot, { label, only }));
  }, 'precision'));
  return covering(box, slot);
}

/** A box to tick for what is written as `true`, or left away. */
export function flag(slot, { label, key = 'flag' }) {
  const made = el('input', { type: 'checkbox', 'data-k': key });
  made.checked = slot.get() === true;
  made.addEventListener('change', () => slot.set(made.checked ? true : undefined));
  return covering(el('label', { class: 'tick' }, made, el('span', {}, label)), slot);
}

/** Days of the week. */
export function weekdays(slot, { label }) {
  const names = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const shown = new Intl.DateTimeFormat(document.documentElement.lang || 'en', { weekday: 'short', timeZone: 'UTC' });
  const chosen = new Set(slot.get() ?? []);
  return covering(el('span', { class: 'days', role: 'group', 'aria-label': label }, names.map((name, i) => {
    const box = el('input', { type: 'checkbox', 'data-k': name });
    box.checked = chosen.has(name);
    box.addEventListener('change', () => { if (box.checked) chosen.add(name); else chosen.delete(name); slot.set(box.checked || chosen.size ? [...names.filter((one) => chosen.has(one))] : []); });
    return el('label', { class: 'tick' }, box, el('span', {}, shown.format(new Date(Date.UTC(2024, 0, 1 + i)))));
  })), slot);
}
