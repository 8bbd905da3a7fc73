// Values: what is compared, ranked by or worked out. A table of every shape a value may have.
import { el, _ } from './api.js';
import { traitTypes } from './builder-ask.js';
import { choose } from './builder-fields.js';
import { form, kinds, renew, ruleBox } from './builder-form.js';
import { scalar } from './builder-scalar.js';
import { namesOf } from './builder-kinds.js';

const MODEL_OUTPUTS = [['probability', _('probability')], ['label', _('label')], ['confidence', _('confidence')], ['score', _('score')], ['decile', _('decile')], ['value', _('value')], ['purchases', _('purchases')], ['alive', _('chance of being alive')], ['spend', _('spend')], ['low', _('lower end')], ['high', _('upper end')], ['spend_low', _('spend, lower end')], ['spend_high', _('spend, upper end')]];
const ARITHMETIC = [['add', _('sum of two')], ['subtract', _('difference of two')], ['multiply', _('product of two')], ['divide', _('ratio of two')]];
const SIGNS = { add: '+', subtract: '−', multiply: '×', divide: '÷' };
const trait = () => ({ trait: '' });

export const MODEL_FIELDS = [
  { key: 'model', kind: 'name', word: _('model'), label: _('name of the model') },
  { key: 'output', kind: 'words', label: _('what the model says'), options: MODEL_OUTPUTS },
  { key: 'of', kind: 'name', word: _('of'), label: _('label'), optional: true, add: _('of a label'), make: () => '' },
];
export const FACT_FIELDS = [
  { key: 'fact', kind: 'name', label: _('what the table says') },
  { key: 'of', kind: 'name', word: _('in the table'), label: _('reference table') },
  { key: 'by', kind: 'property', word: _('looked up by'), label: _('property that names the row') },
];
export const PATH = { key: 'path', kind: 'texts', word: '›', label: _('part of it'), optional: true, add: _('a part of it'), make: () => [] };
export const eventFields = (judged) => [
  { kind: 'measure', judged },
  { key: 'event', kind: 'events' },
  { kind: 'measured', judged },
  { key: 'during', kind: 'window', optional: true, add: _('window of time'), make: () => ({ last: '30d' }), drops: ['per', 'in_last', 'periods', 'at_least'] },
  { kind: 'per', judged },
  { key: 'where', kind: 'eventRule', word: _('where'), optional: true, block: true, add: _('where …'), make: () => ({ all: [] }) },
];
export const sessionFields = (judged) => [
  { kind: 'visits', judged },
  { key: 'sessions', kind: 'session', word: _('by') },
  { key: 'during', kind: 'fixed', optional: true, add: _('window of time'), make: () => ({ last: '30d' }) },
  { key: 'containing', kind: 'filter', word: _('containing'), optional: true, add: _('containing an event'), make: () => ({ event: '' }) },
];
export const sequenceFields = (counted) => [
  { key: 'sequence', kind: 'steps', block: true },
  ...(counted === 'judged' ? [{ key: 'count', kind: 'judge', word: _('how often it begins'), label: _('how often it begins'), wish: () => ({ type: () => 'number' }) }] : []),
  ...(counted === 'value' ? [{ key: 'count', kind: 'said', label: _('how often it begins') }] : []),
  ...(counted ? [{ key: 'latest', kind: 'whole', word: _('of the newest'), label: _('of the newest so many'), optional: true, add: _('of the newest …'), make: () => 5 }] : []),
  { key: 'within', kind: 'duration', word: _('all within'), label: _('from first to last at most'), optional: true, add: _('all within …'), make: () => '7d' },
  { key: 'during', kind: 'window', optional: true, add: _('window of time'), make: () => ({ last: '90d' }) },
  { key: 'anchor', kind: 'words', word: _('beginning with'), label: _('which event begins it'), options: [['any', _('any that matches')], ['first', _('the first')], ['last', _('the last')]], optional: true, add: _('beginning with …'), make: () => 'last' },
  { key: 'session', kind: 'session', word: _('in one visit'), optional: true, add: _('in one visit'), make: () => '30min' },
];

/** Every shape of a value: how it is told, made, and which fields it has. */
export const VALUES = [
  { name: 'trait', word: _('trait'), is: (d) => 'trait' in d, make: trait, fields: [{ key: 'trait', kind: 'trait' }, PATH] },
  { name: 'sequence', word: _('how often a sequence'), is: (d) => 'sequence' in d, make: () => ({ sequence: [{ event: '' }, { event: '' }], count: true }), fields: sequenceFields('value') },
  { name: 'sessions', word: _('visits'), is: (d) => 'sessions' in d, make: () => ({ sessions: '30min', count: true }), fields: sessionFields(false) },
  { name: 'event', word: _('events'), is: (d) => 'event' in d, make: () => ({ event: '', count: true }), fields: eventFields(false) },
  { name: 'constant', word: _('fixed value'), is: (d) => 'constant' in d, make: () => ({ constant: null }), fields: [{ key: 'constant', kind: 'constant', label: _('fixed value') }] },
  ...ARITHMETIC.map(([name, word]) => ({ name, word, is: (d) => name in d, make: () => ({ [name]: [trait(), { constant: null }] }), fields: [{ key: name, kind: 'two', word: '' }] })),
  { name: 'elapsed', word: _('time since'), is: (d) => 'elapsed' in d, make: () => ({ elapsed: { since: trait(), unit: 'days' } }), inner: 'elapsed',
    fields: [{ key: 'since', kind: 'value', label: _('since') }, { key: 'unit', kind: 'words', word: _('in'), label: _('unit'), options: [['days', _('days')], ['months', _('months')], ['years', _('years')]], optional: true, add: _('unit'), make: () => 'days' }] },
  { name: 'date_part', word: _('part of a date'), is: (d) => 'date_part' in d, make: () => ({ date_part: { of: trait(), part: 'month' } }), inner: 'date_part',
    fields: [{ key: 'part', kind: 'words', label: _('part'), options: [['year', _('year')], ['month', _('month')], ['day', _('day')], ['weekday', _('weekday')], ['hour', _('hour')]] }, { key: 'of', kind: 'value', word: _('of'), label: _('of') }] },
  { name: 'band', word: _('band of'), is: (d) => 'band' in d, make: () => ({ band: { of: trait(), edges: [18, 25], labels: ['low', 'middle', 'high'] } }), inner: 'band',
    fields: [{ key: 'of', kind: 'value', label: _('of') }, { key: 'edges', kind: 'numbers', word: _('cut at'), label: _('edges') }, { key: 'labels', kind: 'texts', word: _('called'), label: _('labels') }] },
  { name: 'case', word: _('case by case'), is: (d) => 'case' in d, make: () => ({ case: [{ when: { all: [] }, then: { constant: null } }] }),
    fields: [{ key: 'case', kind: 'cases', block: true }, { key: 'otherwise', kind: 'value', word: _('otherwise'), label: _('otherwise'), optional: true, block: true, add: _('otherwise …'), make: () => ({ constant: null }) }] },
  { name: 'first_known', word: _('first known of'), is: (d) => 'first_known' in d, make: () => ({ first_known: [trait(), trait()] }), fields: [{ key: 'first_known', kind: 'several' }] },
  { name: 'model', word: _('what a model says'), is: (d) => 'model' in d, make: () => ({ model: '', output: 'probability' }), fields: MODEL_FIELDS },
  { name: 'property', word: _('property of the event'), is: (d) => 'property' in d, make: () => ({ property: '' }), fields: [{ key: 'property', kind: 'property' }], ofEvent: true },
  { name: 'fact', word: _('looked up'), is: (d) => 'fact' in d, make: () => ({ fact: '', of: '', by: '' }), fields: FACT_FIELDS, ofEvent: true },
];
const NUMBERS = ['add', 'subtract', 'multiply', 'divide', 'elapsed', 'date_part', 'sessions', 'sequence'];
/** The type of a value as far as it is known without asking. */
export function valueType(value) {
  if (NUMBERS.some((key) => key in value)) return 'number';
  if ('event' in value && ['count', 'active_days', 'active_weeks', 'active_months', 'median_gap_days', 'sum', 'mean', 'distinct'].some((key) => key in value)) return 'number';
  if ('trait' in value && !('path' in value)) return traitTypes[value.trait] ?? null;
  return 'band' in value ? 'text' : null;
}
export const newValue = (name) => VALUES.find((one) => one.name === name).make();

/** @param {any} slot @param {{model: any, event?: string[]|null, label?: string}} ctx */
function valueBox(slot, ctx) {
  const value = slot.get();
  const found = VALUES.find((one) => one.is(value)) ?? VALUES[0];
  const box = el('span', { class: 'value', role: 'group', 'aria-label': ctx.label ?? _('value') });
  const offered = VALUES.filter((one) => !one.ofEvent || ctx.event || one === found).map((one) => [one.name, one.word]);
  box.append(choose(`${ctx.label ?? _('value')}: ${_('what kind')}`, offered, found.name, (next) => {
    slot.set(newValue(next));
    renew(box, valueBox(slot, ctx));
  }, 'value-kind'));
  const holder = found.inner ? value[found.inner] : value;
  const inner = ctx.event && found.name !== 'event' ? ctx : { ...ctx, event: 'event' in value ? namesOf(value.event) : ctx.event };
  box.append(form(holder, found.fields, { ...inner, chosen: null, judged: null, label: undefined }));
  return box;
}

const pair = (holder, field, ctx) => {
  const list = holder[field.key];
  return el('span', { class: 'operands' }, valueBox(ctx.model.slot(list, 0), { ...ctx, label: _('left side') }), el('span', { class: 'word sign' }, SIGNS[field.key]), valueBox(ctx.model.slot(list, 1), { ...ctx, label: _('right side') }));
};

/** A list of objects with buttons to add and remove. */
export function listed(list, ctx, { draw, make, add, least = 1, ordered = false }) {
  const box = el('span', { class: 'listed' });
  const again = (place) => { ctx.model.changed(); const fresh = listed(list, ctx, { draw, make, add, least, ordered }); renew(box, fresh); fresh.children[place]?.querySelector('input,select')?.focus(); };
  box.append(...list.map((one, i) => el('span', { class: 'one' }, ordered ? el('span', { class: 'nth' }, String(i + 1)) : null, draw(ctx.model.item(list, one), i),
    ordered && i > 0 ? el('button', { type: 'button', class: 'plain small', 'aria-label': _('Move up'), onclick: () => { list.splice(i - 1, 0, ...list.splice(i, 1)); again(i - 1); } }, '↑') : null,
    list.length > least ? el('button', { type: 'button', class: 'plain small remove', 'aria-label': _('Remove'), onclick: () => { list.splice(i, 1); again(Math.max(0, i - 1)); } }, '×') : null)),
  el('button', { type: 'button', class: 'plain small add', onclick: () => { list.push(make()); again(list.length - 1); } }, `+ ${add}`));
  return box;
}

kinds({
  valueBox,
  value: (holder, field, ctx) => valueBox(ctx.model.slot(holder, field.key), { ...ctx, label: field.label }),
  constant: (holder, field, ctx) => scalar(ctx.model.slot(holder, field.key), { label: field.label, type: null, model: ctx.model }),
  two: pair,
  several: (holder, field, ctx) => listed(holder[field.key], ctx, { draw: (slot) => valueBox(slot, { ...ctx, label: _('value') }), make: trait, add: _('value') }),
  cases: (holder, field, ctx) => listed(holder[field.key], ctx, { make: () => ({ when: { all: [] }, then: { constant: null } }), add: _('case'),
    draw: (slot) => el('span', { class: 'case' }, el('span', { class: 'word' }, _('when')), ruleBox(ctx.model.slot(slot.get(), 'when'), ctx), el('span', { class: 'word' }, _('then')), valueBox(ctx.model.slot(slot.get(), 'then'), { ...ctx, label: _('then') })) }),
  eventRule: (holder, field, ctx) => ruleBox(ctx.model.slot(holder, field.key), { ...ctx, event: namesOf(holder.event), chosen: null, judged: null, label: undefined }),
  rule: (holder, field, ctx) => ruleBox(ctx.model.slot(holder, field.key), { ...ctx, event: null, chosen: null, judged: null, label: undefined }),
});
