// The operator of a condition and what it compares with. It holds the object the operator stands in.
import { el, _ } from './api.js';
import { operatorFacts } from './builder-ask.js';
import { calendar, choose, covering, duration, durations, flag, moment, numeric, text, weekdays } from './builder-fields.js';
import { isTyped } from './builder-model.js';
import { scalar, tokens, typeOf } from './builder-scalar.js';
import { valueBox } from './builder-form.js';

const AGAINST = new Set(['is', 'is_not', 'lt', 'lte', 'gt', 'gte']);
const SINGLE = { lt: 'number', gt: 'number' };
const OPERATORS = Object.keys(operatorFacts);
export const operatorOf = (holder) => OPERATORS.find((name) => name in holder) ?? null;
const isNode = (value) => value !== null && typeof value === 'object' && !Array.isArray(value) && !isTyped(value);

/** The operator a fresh condition on a type begins with, and its operand. */
export function beginning(type) {
  switch (type) {
    case 'number': return { gte: null };
    case 'boolean': return { is: true };
    case 'date': case 'time': return { within_last: '30d' };
    case 'list': return { has_any: [] };
    default: return { is: null };
  }
}

function operandFor(operator, stood) {
  const takes = operatorFacts[operator].takes;
  const single = stood !== null && typeof stood !== 'object' || isTyped(stood);
  switch (takes) {
    case 'flag': return true;
    case 'scalars': return Array.isArray(stood) ? stood : single && stood !== true && stood !== null ? [stood] : [];
    case 'pair': return Array.isArray(stood) && stood.length === 2 ? stood : [single && stood !== true ? stood : null, null];
    case 'duration': return typeof stood === 'string' && /^\d+[a-z]+$/.test(stood) ? stood : '30d';
    case 'durations': return ['3d', '5d'];
    case 'weekdays': return ['saturday', 'sunday'];
    case 'period': return 'previous_month';
    case 'moment': return isTyped(stood) && !('number' in stood) ? stood : { date: '' };
    case 'text': case 'version': return typeof stood === 'string' ? stood : null;
    default: return single && stood !== true ? stood : Array.isArray(stood) && stood.length && typeof stood[0] !== 'object' ? stood[0] : null;
  }
}

/**
 * @param {any} holder the object with the operator
 * @param {{model: any, type?: () => string|null, values?: any, label?: string, only?: string[], event?: string[]|null}} ctx
 */
export function judge(holder, ctx) {
  const { model } = ctx;
  const label = ctx.label ?? _('value');
  const type = () => ctx.type?.() ?? null;
  const box = el('span', { class: 'judge' });
  const place = el('span', { class: 'operand' });
  const fitting = () => OPERATORS.filter((name) => (ctx.only ? ctx.only.includes(name) : !type() || operatorFacts[name].fits.includes(type())) || name === operatorOf(holder));
  const select = choose(`${label}: ${_('how it is compared')}`, [], '', (next) => {
    const was = operatorOf(holder);
    const stood = was ? holder[was] : null;
    if (was) delete holder[was];
    if (!operatorFacts[next].case) delete holder.ignore_case;
    holder[next] = operandFor(next, stood);
    model.changed();
    draw();
  }, 'operator');
  const options = () => {
    select.replaceChildren(...fitting().map((name) => el('option', { value: name }, _(operatorFacts[name].words))));
    select.value = operatorOf(holder) ?? '';
  };
  const draw = () => {
    const operator = operatorOf(holder);
    place.replaceChildren();
    if (!operator) return;
    const slot = model.slot(holder, operator);
    covering(select, slot);
    place.append(operand(slot, operator, { ...ctx, label, type: type() }));
    if (AGAINST.has(operator)) place.append(swap(slot, operator));
    const { case: cased } = operatorFacts[operator];
    if (cased && (!type() || type() === 'text' || type() === 'list' || holder.ignore_case) && !isNode(slot.get()) && (holder.ignore_case || /text|null/.test(String(typeOf([slot.get()].flat()[0]))))) {
      place.append(flag(model.slot(holder, 'ignore_case'), { label: _('ignore case'), key: 'case' }));
    }
  };
  const swap = (slot, operator) => el('button', { type: 'button', class: 'plain small', 'data-k': 'swap', title: _('compare with a fixed value or with another figure'), onclick: () => {
    slot.set(isNode(slot.get()) ? null : { trait: '' });
    draw();
    place.querySelector('input,select')?.focus();
  } }, isNode(slot.get()) ? _('fixed value') : _('other figure'));
  options();
  draw();
  box.append(select, place);
  /** The type became another one: the operator stays where it fits, else the usual one of the type takes its place. */
  box.retype = () => {
    const operator = operatorOf(holder);
    if (type() && operator && !operatorFacts[operator].fits.includes(type())) {
      delete holder[operator]; delete holder.ignore_case;
      Object.assign(holder, beginning(type()));
      model.changed();
    }
    options();
    draw();
  };
  return box;
}

function operand(slot, operator, wish) {
  const { model, label, type, values, event } = wish;
  if (isNode(slot.get())) return valueBox(slot, { model, event, label });
  const takes = operatorFacts[operator].takes;
  switch (takes) {
    case 'flag': return el('span');
    case 'number': return numeric(slot, { label, key: 'value' });
    case 'scalars': return tokens(slot, { label, type, values, model });
    case 'pair': {
      const list = slot.get();
      const ends = list.map((_one, i) => scalar(model.slot(list, i), { label: `${label} (${i ? _('to') : _('from')})`, type, guess: 'number', values: null, model }));
      return el('span', { class: 'pair' }, ends[0], el('span', { class: 'word' }, _('and')), ends[1]);
    }
    case 'text': return text(slot, { label, key: 'value', width: 18 });
    case 'version': return text(slot, { label, key: 'value', width: 8 });
    case 'moment': return moment(slot, { label });
    case 'duration': return duration(slot, { label });
    case 'durations': return durations(slot, { label, model });
    case 'weekdays': return weekdays(slot, { label });
    case 'period': return calendar(slot, { label });
    default: return scalar(slot, { label, type: SINGLE[operator] ?? type, guess: operator === 'gte' || operator === 'lte' ? 'number' : 'text', values, model });
  }
}
