// Kinds of fields that are one control: names with suggestions, words, lengths of time, figures, shares, paths.
import { el, _ } from './api.js';
import { events, lists, properties, segments, traits } from './builder-ask.js';
import { combobox, fill } from './builder-combobox.js';
import { calendar, choose, covering, duration, durations, flag, moment, numeric, text } from './builder-fields.js';
import { kinds, renew } from './builder-form.js';
import { judge } from './builder-judge.js';
import { tokens } from './builder-scalar.js';

const slotOf = (holder, field, ctx) => ctx.model.slot(holder, field.key);

/** A name with suggestions. */
export function named(slot, { label, source, key = 'name', taken = null, placeholder = '' }) {
  const stood = slot.get();
  return covering(combobox({ label, key, placeholder, value: stood === null || stood === undefined ? '' : String(stood), source: source ?? (() => []),
    taken: (value, choice) => { slot.set(String(stood) === value ? stood : value); taken?.(value, choice); } }), slot);
}

export const namesOf = (events) => (events === 'any' || events === undefined || events === null ? [] : [events].flat().map(String));

/** Names of events: one, several of which any counts, or every event. */
export function eventNames(slot, { label, key = 'event', taken = null }) {
  const box = el('span', { class: 'pair' });
  if (Array.isArray(slot.get())) {
    box.append(tokens(slot, { label, type: 'text', values: events, model: null, key }));
    return covering(box, slot);
  }
  const source = async (typed, signal) => {
    const any = { value: 'any', title: _('any event'), detail: _('whatever happened'), group: _('Events') };
    let found = [];
    try { found = await events(typed, signal); } catch (problem) { if (problem.name === 'AbortError') throw problem; }
    return typed && !_('any event').includes(typed.toLowerCase()) ? found : [...found, any];
  };
  box.append(named(slot, { label, key, source, taken, placeholder: _('search events') }));
  if (slot.get() !== 'any') box.append(el('button', { type: 'button', class: 'plain small', 'data-k': 'or', onclick: () => {
    slot.set([slot.get()].filter(Boolean));
    const fresh = eventNames(slot, { label, key, taken });
    box.replaceWith(fresh);
    fresh.querySelector('input')?.focus();
  } }, _('or …')));
  return box;
}

/** A property of events: a name with dots, or a list where a step itself holds a dot. */
export function path(slot, { label, ctx, key = 'property', taken = null }) {
  if (Array.isArray(slot.get())) return tokens(slot, { label, type: 'text', model: ctx.model, key });
  return named(slot, { label, key, source: (typed, signal) => properties(ctx.event ?? [], typed, signal), taken, placeholder: _('search properties') });
}

/** A share such as 10%, or a number of people. */
function size(slot, { label, shareOnly = false }) {
  const value = slot.get();
  const share = shareOnly || typeof value === 'string';
  const box = el('span', { class: 'pair' });
  const made = el('input', { 'aria-label': label, inputmode: 'decimal', size: '5', class: 'numeric', 'data-k': 'size', maxlength: '12' });
  made.value = value === null ? '' : String(value).replace('%', '');
  const unit = () => box.querySelector('select')?.value ?? 'share';
  const write = () => {
    const said = made.value.trim().replace(',', '.');
    if (said === '') slot.set(null);
    else if (unit() === 'share') slot.set(`${said}%`);
    else slot.set(/^\d+$/.test(said) ? Number(said) : said);
  };
  made.addEventListener('input', write);
  box.append(made, shareOnly ? el('span', { class: 'word' }, '%') : choose(`${label}: ${_('unit')}`, [['share', '%'], ['people', _('people')]], share ? 'share' : 'people', write, 'unit'));
  return covering(box, slot);
}

const whole = (slot, wish) => {
  const made = numeric(slot, { ...wish, width: 4 });
  made.setAttribute('inputmode', 'numeric');
  return made;
};

/** Two numbers of a place, or the name of a list of places. */
function place(holder, field, ctx) {
  const slot = slotOf(holder, field, ctx);
  const point = Array.isArray(slot.get());
  const box = el('span', { class: 'pair' });
  box.append(choose(field.label, [['list', _('the nearest of the places')], ['point', _('the point')]], point ? 'point' : 'list', (next) => {
    slot.set(next === 'point' ? [null, null] : '');
    renew(box, place(holder, field, ctx));
  }, 'place'));
  if (point) {
    box.append(...slot.get().map((_one, i) => numeric(ctx.model.slot(slot.get(), i), { label: i ? _('longitude') : _('latitude'), key: `axis-${i}` })));
  } else box.append(named(slot, { label: _('list of places') }));
  return box;
}

/** How long a state has lasted: one length, or a range of it. */
function lasting(holder, field, ctx) {
  const slot = slotOf(holder, field, ctx);
  const { model } = ctx;
  if (typeof slot.get() !== 'object' || slot.get() === null) return duration(slot, { label: field.label });
  const box = el('span', { class: 'pair' });
  for (const [key, word] of [['at_least', _('at least')], ['less_than', _('and less than')]]) {
    if (key in slot.get()) box.append(el('span', { class: 'word' }, word), duration(model.slot(slot.get(), key), { label: `${field.label} (${word})` }));
    else box.append(el('button', { type: 'button', class: 'plain small add', onclick: () => { slot.set({ ...slot.get(), [key]: '30d' }); renew(box, lasting(holder, field, ctx)); } }, `+ ${word}`));
  }
  return box;
}

kinds({
  words: (holder, field, ctx) => { const slot = slotOf(holder, field, ctx); return covering(choose(field.label, field.options, slot.get(), (value) => slot.set(value), field.key), slot); },
  trait: (holder, field, ctx) => named(slotOf(holder, field, ctx), { label: field.label ?? _('trait'), source: traits, key: 'trait', placeholder: _('search traits'), taken: (value, choice) => ctx.chosen?.(value, choice) }),
  segment: (holder, field, ctx) => named(slotOf(holder, field, ctx), { label: field.label ?? _('segment'), source: segments, key: 'segment', placeholder: _('search segments') }),
  list: (holder, field, ctx) => named(slotOf(holder, field, ctx), { label: field.label ?? _('list'), source: lists, key: 'list' }),
  name: (holder, field, ctx) => named(slotOf(holder, field, ctx), { label: field.label, key: field.key }),
  events: (holder, field, ctx) => eventNames(slotOf(holder, field, ctx), { label: field.label ?? _('event') }),
  property: (holder, field, ctx) => path(slotOf(holder, field, ctx), { label: field.label ?? _('property'), ctx, taken: (value, choice) => ctx.chosen?.(value, choice) }),
  texts: (holder, field, ctx) => tokens(slotOf(holder, field, ctx), { label: field.label, type: 'text', model: ctx.model }),
  numbers: (holder, field, ctx) => tokens(slotOf(holder, field, ctx), { label: field.label, type: 'number', model: ctx.model }),
  duration: (holder, field, ctx) => duration(slotOf(holder, field, ctx), { label: field.label }),
  durations: (holder, field, ctx) => durations(slotOf(holder, field, ctx), { label: field.label, model: ctx.model }),
  calendar: (holder, field, ctx) => calendar(slotOf(holder, field, ctx), { label: field.label }),
  moment: (holder, field, ctx) => moment(slotOf(holder, field, ctx), { label: field.label }),
  number: (holder, field, ctx) => numeric(slotOf(holder, field, ctx), { label: field.label, key: field.key }),
  whole: (holder, field, ctx) => whole(slotOf(holder, field, ctx), { label: field.label, key: field.key }),
  share: (holder, field, ctx) => size(slotOf(holder, field, ctx), { label: field.label, shareOnly: true }),
  size: (holder, field, ctx) => size(slotOf(holder, field, ctx), { label: field.label }),
  flag: (holder, field, ctx) => flag(slotOf(holder, field, ctx), { label: field.label }),
  text: (holder, field, ctx) => text(slotOf(holder, field, ctx), { label: field.label }),
  said: (holder, field, ctx) => covering(el('span', { class: 'word' }, field.label), slotOf(holder, field, ctx)),
  judge: (holder, field, ctx) => {
    const made = judge(field.key ? holder[field.key] : holder, { ...ctx, label: field.label ?? ctx.label, ...field.wish?.(holder, ctx) });
    ctx.judged?.(made);
    return made;
  },
  place, lasting,
});
export { fill };
