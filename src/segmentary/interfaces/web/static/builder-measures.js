// What is measured of events: did, did not, how many, sums and the like, in all or in each of the last periods.
import { el, _ } from './api.js';
import { propertyType, propertyValues } from './builder-ask.js';
import { choose, covering, numeric } from './builder-fields.js';
import { kinds, renew } from './builder-form.js';
import { judge } from './builder-judge.js';
import { namesOf, path } from './builder-kinds.js';
import { same } from './builder-model.js';

const COUNTED = { count: _('number of'), active_days: _('days with'), active_weeks: _('weeks with'), active_months: _('months with'), median_gap_days: _('median days between') };
const MEASURED = { distinct: _('number of different'), sum: _('sum of'), mean: _('average of'), min: _('smallest'), max: _('largest'), first: _('first'), last: _('latest'), most_frequent: _('most frequent'), nth: _('n-th') };
const SESSIONS = { count: _('number of visits'), longest_minutes: _('longest visit in minutes'), total_minutes: _('minutes in all visits'), mean_minutes: _('average minutes of a visit') };
const TESTS = ['is', 'lt', 'lte', 'gt', 'gte'];
const NUMERIC = new Set(['distinct', 'sum', 'mean']);
const ALL = { ...COUNTED, ...MEASURED };

export const measureOf = (holder) => Object.keys(ALL).find((name) => name in holder) ?? (holder.did ? 'did' : holder.did_not ? 'did_not' : null);

/** What the list of measures shows: "did" where it is asked whether it happened at all. */
function shownMeasure(holder) {
  if ('per' in holder) return measureOf(holder);
  if (holder.did || (holder.count && same(holder.count, { gte: 1 }))) return 'did';
  if (holder.did_not || (holder.count && same(holder.count, { lte: 0 }))) return 'did_not';
  return measureOf(holder);
}

function setMeasure(holder, name, judged) {
  const was = measureOf(holder);
  const stood = was && typeof holder[was] === 'object' ? holder[was] : {};
  for (const key of [...Object.keys(ALL), 'did', 'did_not']) delete holder[key];
  if (name === 'did' || name === 'did_not') { holder[name] = true; return; }
  const taken = name in MEASURED ? { ...(name === 'nth' ? { n: stood.n ?? 2 } : {}), of: stood.of ?? 'amount' } : {};
  const numeric_ = name in COUNTED || NUMERIC.has(name);
  holder[name] = judged ? { ...taken, ...(numeric_ || !('of' in taken) ? { gte: name === 'count' ? 2 : null } : { gte: null }) } : name in MEASURED ? taken : true;
}

/** @param {any} holder an event condition or value @param {any} ctx with `judged`: whether an operator stands with it */
function measure(holder, field, ctx) {
  const judged = field.judged;
  const { model } = ctx;
  const event = namesOf(holder.event);
  const box = el('span', { class: 'measure' });
  const words = [...(judged && !('per' in holder) ? [['did', _('did')], ['did_not', _('did not')]] : []), ...Object.entries(ALL)];
  const name = shownMeasure(holder) ?? 'count';
  const real = measureOf(holder) ?? 'count';
  const select = choose(_('what is asked of the events'), words, name, (next) => {
    setMeasure(holder, next, judged || 'per' in holder);
    model.changed();
    ctx.again();
  }, 'measure');
  box.append(select);
  const inner = holder[real];
  const flagged = name === 'did' || name === 'did_not' || inner === true;
  covering(select, model.slot(holder, real), ...(typeof inner === 'object' && flagged ? Object.keys(inner).map((key) => model.slot(inner, key)) : []));
  if (flagged || typeof inner !== 'object') return box;
  if (real === 'nth') box.append(numeric(model.slot(inner, 'n'), { label: _('which one, oldest first'), key: 'n', width: 3 }));
  if (real in MEASURED) box.append(path(model.slot(inner, 'of'), { label: _('property'), ctx: { ...ctx, event }, key: 'of', taken: () => ctx.again() }), el('span', { class: 'word' }, _('of')));
  return box;
}

/** The operator of a measure, behind the event's name. */
function measured(holder, field, ctx) {
  if (!field.judged && !('per' in holder)) return el('span', { class: 'nothing' });
  const real = measureOf(holder);
  const inner = holder[real];
  const name = shownMeasure(holder);
  if (name === 'did' || name === 'did_not' || inner === null || typeof inner !== 'object') return el('span', { class: 'nothing' });
  const numeric_ = real in COUNTED || NUMERIC.has(real);
  return el('span', { class: 'pair' }, judge(inner, {
    ...ctx, event: ctx.event, label: ALL[real], only: 'per' in holder ? TESTS : undefined,
    type: () => (numeric_ || 'per' in holder ? 'number' : propertyType(inner.of)),
    values: numeric_ ? null : (text, signal) => propertyValues(namesOf(holder.event), String(inner.of), text, signal),
  }), real === 'count' ? el('span', { class: 'word' }, _('times')) : null);
}

/** In how many of the last calendar periods it holds. */
function periods(holder, field, ctx) {
  const { model } = ctx;
  const units = ['day', 'week', 'month', 'quarter', 'year', 'fiscal_quarter', 'fiscal_year'].map((one) => [one, { day: _('days'), week: _('weeks'), month: _('months'), quarter: _('quarters'), year: _('years'), fiscal_quarter: _('fiscal quarters'), fiscal_year: _('fiscal years') }[one]]);
  const unit = model.slot(holder, 'per');
  const box = el('span', { class: 'pair' });
  box.append(el('span', { class: 'word' }, _('in each of the last')), numeric(model.slot(holder, 'in_last'), { label: _('how many periods'), key: 'in_last', width: 3 }),
    covering(choose(_('period'), units, unit.get(), (value) => unit.set(value), 'per'), unit));
  if ('at_least' in holder) box.append(el('span', { class: 'word' }, _('– in at least')), numeric(model.slot(holder, 'at_least'), { label: _('in how many of them'), key: 'at_least', width: 3 }), el('span', { class: 'word' }, _('of them')));
  else if (field.judged && 'periods' in holder) box.append(el('span', { class: 'word' }, _('– how many of them:')), judge(holder.periods, { ...ctx, label: _('in how many of them'), type: () => 'number', values: null }));
  box.append(el('button', { type: 'button', class: 'plain small remove', 'aria-label': _('Remove: in each of the last periods'), onclick: () => {
    for (const key of ['per', 'in_last', 'periods', 'at_least']) delete holder[key];
    model.changed(); ctx.again();
  } }, '×'));
  return box;
}

/** Begin asking for periods: a window has no place beside them, and the measure needs a number to pass. */
function perPeriod(holder, field, ctx) {
  if ('per' in holder) return periods(holder, field, ctx);
  return el('button', { type: 'button', class: 'plain small add', onclick: () => {
    const name = shownMeasure(holder);
    delete holder.during;
    if (name === 'did' || name === 'did_not' || name === null || holder[name] === true) setMeasure(holder, name in ALL ? name : 'count', true);
    const test = holder[measureOf(holder)];
    if (!TESTS.some((one) => one in test)) { for (const key of Object.keys(test)) if (!['of', 'n'].includes(key)) delete test[key]; test.gte = 1; }
    Object.assign(holder, { per: 'week', in_last: 5 }, field.judged ? { periods: { gte: 3 } } : {});
    ctx.model.changed(); ctx.again();
  } }, `+ ${_('per week, month …')}`);
}

/** What is measured of visits. */
function visits(holder, field, ctx) {
  const { model } = ctx;
  const box = el('span', { class: 'pair' });
  const real = Object.keys(SESSIONS).find((key) => key in holder) ?? 'count';
  const slot = model.slot(holder, real);
  box.append(covering(choose(_('what is measured of visits'), Object.entries(SESSIONS), real, (next) => {
    const held = holder[real];
    delete holder[real];
    holder[next] = held;
    model.changed();
    renew(box, visits(holder, field, ctx));
  }, 'visits'), slot));
  if (field.judged) box.append(judge(slot.get(), { ...ctx, label: SESSIONS[real], type: () => 'number', values: null }));
  return box;
}

kinds({ measure, measured, per: perPeriod, visits });
export { ALL };
