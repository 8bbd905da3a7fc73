// Windows of time: in the last days, calendar periods, between two moments, since something, any such stretch, a visit.
import { el, _ } from './api.js';
import { segments } from './builder-ask.js';
import { calendar, choose, covering, duration, durations, moment } from './builder-fields.js';
import { kinds, renew, ruleBox } from './builder-form.js';
import { eventNames, named, namesOf } from './builder-kinds.js';
import { tokens } from './builder-scalar.js';
import { events as eventChoices } from './builder-ask.js';

const FIXED = ['last', 'calendar', 'between', 'from', 'until'];
const fixedOf = (holder) => FIXED.find((key) => key in holder) ?? null;
const FRESH = {
  last: () => ({ last: '30d' }), calendar: () => ({ calendar: 'previous_month' }), between: () => ({ between: ['60d', '30d'] }),
  from: () => ({ from: { date: '' } }), until: () => ({ until: { date: '' } }),
  event: () => ({ since: { event: '', which: 'last' } }), entered: () => ({ since: { entered: '', which: 'last' } }),
  any: () => ({ any: '30d' }), session: () => ({ session: '30min' }),
};
const FIXED_WORDS = [['last', _('in the last')], ['calendar', _('in')], ['between', _('between so long ago')], ['from', _('from a day on')], ['until', _('until a day')]];
const OTHER_WORDS = [['event', _('since an event')], ['entered', _('since entering a segment')], ['any', _('within any stretch of')], ['session', _('within one visit')]];

const kindOf = (holder) => {
  if ('since' in holder) return 'entered' in (holder.since ?? {}) ? 'entered' : 'event';
  if ('any' in holder) return 'any';
  if ('session' in holder) return 'session';
  return fixedOf(holder);
};

/** The controls of a window that is the same for everybody. */
function fixedParts(holder, kind, ctx) {
  const { model } = ctx;
  switch (kind) {
    case 'last': return [duration(model.slot(holder, 'last'), { label: _('length of the window') })];
    case 'calendar': return [calendar(model.slot(holder, 'calendar'), { label: _('calendar period') })];
    case 'between': return [durations(model.slot(holder, 'between'), { label: _('so long ago'), model }), el('span', { class: 'word' }, _('ago'))];
    case 'from': return [moment(model.slot(holder, 'from'), { label: _('from') }), until(holder, ctx)];
    case 'until': return [moment(model.slot(holder, 'until'), { label: _('until') })];
    default: return [];
  }
}

function until(holder, ctx) {
  const box = el('span', { class: 'pair' });
  const { model } = ctx;
  const swap = (value) => { model.slot(holder, 'until').set(value); renew(box, until(holder, ctx)); };
  if ('until' in holder) box.append(el('span', { class: 'word' }, _('until')), moment(model.slot(holder, 'until'), { label: _('until') }), el('button', { type: 'button', class: 'plain small', 'aria-label': _('no end'), onclick: () => swap(undefined) }, '×'));
  else box.append(el('button', { type: 'button', class: 'plain small add', onclick: () => swap({ date: '' }) }, `+ ${_('until')}`));
  return box;
}

/** One visit: by a gap of time or by the id events carry. */
export function session(slot, ctx) {
  const value = slot.get();
  const { model } = ctx;
  const box = el('span', { class: 'pair' });
  const again = () => renew(box, session(slot, ctx));
  const wrapped = value !== null && typeof value === 'object';
  const byId = wrapped ? 'by' in value : value === 'id';
  const inner = wrapped ? model.slot(value, byId ? 'by' : 'gap') : slot;
  box.append(covering(choose(_('what makes a visit'), [['gap', _('pauses shorter than')], ['id', _('the session id')]], byId ? 'id' : 'gap', (next) => {
    const of = wrapped && value.of ? { of: value.of } : null;
    slot.set(next === 'id' ? (of ? { by: 'id', ...of } : 'id') : of ? { gap: '30min', ...of } : '30min');
    again();
  }, 'session'), inner));
  if (!byId) box.append(duration(inner, { label: _('longest pause') }));
  if (wrapped && value.of !== undefined) {
    const of = model.slot(value, 'of');
    box.append(el('span', { class: 'word' }, _('of')), Array.isArray(value.of) ? tokens(of, { label: _('events that make visits'), type: 'text', values: eventChoices, model }) : eventNames(of, { label: _('events that make visits') }));
  } else {
    box.append(el('button', { type: 'button', class: 'plain small add', onclick: () => { slot.set(byId ? { by: 'id', of: [] } : { gap: value, of: [] }); again(); } }, `+ ${_('of these events only')}`));
  }
  return box;
}

/** @param {any} slot holds the window @param {any} ctx @param {'all'|'fixed'|'stay'} allow */
export function windowBox(slot, ctx, allow) {
  const holder = slot.get();
  const { model } = ctx;
  const box = el('span', { class: 'window' });
  const kind = kindOf(holder) ?? 'last';
  const again = () => renew(box, windowBox(slot, ctx, allow));
  const words = allow === 'all' ? [...FIXED_WORDS, ...OTHER_WORDS] : FIXED_WORDS;
  box.append(choose(_('window of time'), words, kind, (next) => {
    const kept = next === 'any' || next === 'session' ? Object.fromEntries(FIXED.filter((key) => key in holder).map((key) => [key, holder[key]])) : {};
    const quantifier = 'quantifier' in holder ? { quantifier: holder.quantifier } : {};
    slot.set({ ...quantifier, ...FRESH[next](), ...kept });
    again();
  }, 'window'));
  if (FIXED.includes(kind)) box.append(...fixedParts(holder, kind, ctx));
  if (kind === 'any') box.append(duration(model.slot(holder, 'any'), { label: _('length of the stretch') }));
  if (kind === 'session') box.append(session(model.slot(holder, 'session'), ctx));
  if (kind === 'any' || kind === 'session') box.append(beside(holder, ctx, again));
  if (kind === 'event' || kind === 'entered') box.append(...since(holder.since, kind, ctx));
  if (allow === 'stay') box.append(quantifier(holder, ctx));
  return box;
}

function beside(holder, ctx, again) {
  const kind = fixedOf(holder);
  const select = choose(_('which events count at all'), [['', _('at any time')], ...FIXED_WORDS], kind ?? '', (next) => {
    for (const key of FIXED) delete holder[key];
    if (next) Object.assign(holder, FRESH[next]());
    ctx.model.changed();
    again();
  }, 'beside');
  return el('span', { class: 'pair' }, el('span', { class: 'word' }, ','), select, kind ? fixedParts(holder, kind, ctx) : null);
}

function since(holder, kind, ctx) {
  const { model } = ctx;
  const which = () => covering(choose(_('which one'), [['last', _('the last')], ['first', _('the first')]], holder.which ?? 'last', (value) => model.slot(holder, 'which').set(value), 'which'), model.slot(holder, 'which'));
  if (kind === 'entered') return [which(), el('span', { class: 'word' }, _('entry into')), named(model.slot(holder, 'entered'), { label: _('segment'), source: segments, key: 'entered' })];
  const inner = { ...ctx, event: namesOf(holder.event) };
  const where = el('span');
  const draw = () => where.replaceChildren('where' in holder
    ? el('span', { class: 'part block' }, el('span', { class: 'word' }, _('where')), ruleBox(model.slot(holder, 'where'), inner), el('button', { type: 'button', class: 'plain small', 'aria-label': _('Remove: conditions on the event'), onclick: () => { delete holder.where; model.changed(); draw(); } }, '×'))
    : el('button', { type: 'button', class: 'plain small add', onclick: () => { model.slot(holder, 'where').set({ all: [] }); draw(); where.querySelector('input')?.focus(); } }, `+ ${_('where')}`));
  draw();
  return [which(), eventNames(model.slot(holder, 'event'), { label: _('event the window begins with'), key: 'since' }), where];
}

/** Whether a stay covers any of the window, all of it, its end, or so much of it. */
function quantifier(holder, ctx) {
  const { model } = ctx;
  const box = el('span', { class: 'pair' });
  const slot = model.slot(holder, 'quantifier');
  const least = slot.get() !== null && typeof slot.get() === 'object';
  box.append(covering(choose(_('how much of the window'), [['any', _('at any time of it')], ['all', _('all of it')], ['at_end', _('at its end')], ['at_least', _('for at least')]], least ? 'at_least' : slot.get() ?? 'any', (next) => {
    slot.set(next === 'any' ? undefined : next === 'at_least' ? { at_least: '30d' } : next);
    renew(box, quantifier(holder, ctx));
  }, 'quantifier'), slot));
  if (least) box.append(duration(model.slot(slot.get(), 'at_least'), { label: _('length of the stay') }));
  return box;
}

kinds({
  window: (holder, field, ctx) => windowBox(ctx.model.slot(holder, field.key), ctx, 'all'),
  fixed: (holder, field, ctx) => windowBox(ctx.model.slot(holder, field.key), ctx, 'fixed'),
  stay: (holder, field, ctx) => windowBox(ctx.model.slot(holder, field.key), ctx, 'stay'),
  session: (holder, field, ctx) => session(ctx.model.slot(holder, field.key), ctx),
});
