// Steps of a sequence: events one after the other, how far apart, what must not lie between, what they share.
import { el, _ } from './api.js';
import { kinds, form, renew } from './builder-form.js';
import { namesOf, path } from './builder-kinds.js';
import { choose, numeric } from './builder-fields.js';
import { listed } from './builder-values.js';

const FILTER = [{ key: 'event', kind: 'events' }, { key: 'where', kind: 'eventRule', word: _('where'), optional: true, block: true, add: _('where …'), make: () => ({ all: [] }) }];
const stepFields = (first) => [
  { key: 'event', kind: 'events' },
  ...(first ? [] : [
    { key: 'within', kind: 'duration', word: _('within'), label: _('at most so long after'), optional: true, add: _('within …'), make: () => '7d' },
    { key: 'after', kind: 'duration', word: _('not before'), label: _('at least so long after'), optional: true, add: _('not before …'), make: () => '1d' },
    { key: 'directly', kind: 'flag', label: _('as the very next event of the visit'), optional: true, add: _('directly'), make: () => true },
    { key: 'without', kind: 'filters', word: _('without'), optional: true, add: _('without … between'), make: () => ({ event: '' }) },
    { key: 'same', kind: 'bindings', word: _('with the same'), optional: true, add: _('with the same …'), make: () => '' },
  ]),
  { key: 'where', kind: 'eventRule', word: _('where'), optional: true, block: true, add: _('where …'), make: () => ({ all: [] }) },
];
// A first step may hold what only later steps need; it is shown then, and the server says what it thinks of it.
const fieldsOf = (step, first) => (first && ['within', 'after', 'directly', 'without', 'same'].some((key) => key in step) ? stepFields(false) : stepFields(first));

function step(slot, i, ctx) {
  const { model } = ctx;
  const value = slot.get();
  const absent = 'not' in value;
  const inner = absent ? value.not : value;
  const box = el('span', { class: 'step' });
  if (i > 0 || absent) box.append(choose(_('then it happens, or does not'), [['then', _('then')], ['not', _('then no')]], absent ? 'not' : 'then', (next) => {
    slot.set(next === 'not' ? { not: { within: '24h', ...inner } } : inner);
    renew(box, step(slot, i, ctx));
  }, 'then'));
  box.append(form(inner, fieldsOf(inner, i === 0), { ...ctx, event: namesOf(inner.event) }));
  return box;
}

const filter = (slot, ctx) => form(slot.get(), FILTER, { ...ctx, event: namesOf(slot.get().event) });

/** What must not lie between: one kind of event, or several. */
function filters(holder, field, ctx) {
  const { model } = ctx;
  const slot = model.slot(holder, field.key);
  if (Array.isArray(slot.get())) return listed(slot.get(), ctx, { draw: (one) => filter(one, ctx), make: () => ({ event: '' }), add: _('or') });
  return el('span', { class: 'pair' }, filter(slot, ctx), el('button', { type: 'button', class: 'plain small add', onclick: () => { slot.set([slot.get(), { event: '' }]); ctx.again(field.key); } }, `+ ${_('or')}`));
}

/** A property shared with the step before, or with another step, there perhaps under another name. */
function binding(slot, ctx) {
  const { model } = ctx;
  const value = slot.get();
  const plain = value === null || typeof value !== 'object' || Array.isArray(value);
  const box = el('span', { class: 'pair' });
  box.append(path(plain ? slot : model.slot(value, 'property'), { label: _('shared property'), ctx }));
  const again = () => renew(box, binding(slot, ctx));
  for (const [key, word, make] of [['step', _('as in step'), 1], ['as', _('there called'), '']]) {
    if (!plain && key in value) box.append(el('span', { class: 'word' }, word), key === 'step' ? numeric(model.slot(value, key), { label: word, key, width: 3 }) : path(model.slot(value, key), { label: word, ctx, key }),
      el('button', { type: 'button', class: 'plain small remove', 'aria-label': `${_('Remove')}: ${word}`, onclick: () => { const left = { ...value }; delete left[key]; slot.set(Object.keys(left).length === 1 ? left.property : left); again(); } }, '×'));
    else box.append(el('button', { type: 'button', class: 'plain small add', onclick: () => { slot.set(plain ? { property: value, [key]: make } : { ...value, [key]: make }); again(); } }, `+ ${word}`));
  }
  return box;
}

function bindings(holder, field, ctx) {
  const { model } = ctx;
  const slot = model.slot(holder, field.key);
  const list = slot.get();
  if (!Array.isArray(list)) return el('span', { class: 'pair' }, binding(slot, ctx), el('button', { type: 'button', class: 'plain small add', onclick: () => { slot.set([list, '']); ctx.again(field.key); } }, `+ ${_('and')}`));
  const box = el('span', { class: 'listed' });
  box.append(...list.map((_one, i) => el('span', { class: 'one' }, binding(model.slot(list, i), ctx), el('button', { type: 'button', class: 'plain small remove', 'aria-label': _('Remove'), onclick: () => { const left = list.filter((_two, place) => place !== i); slot.set(left.length === 1 && !Array.isArray(left[0]) ? left[0] : left); ctx.again(field.key); } }, '×'))),
    el('button', { type: 'button', class: 'plain small add', onclick: () => { slot.set([...list, '']); ctx.again(field.key); } }, `+ ${_('and')}`));
  return box;
}

kinds({
  steps: (holder, field, ctx) => listed(holder[field.key], ctx, { draw: (slot, i) => step(slot, i, ctx), make: () => ({ event: '' }), add: _('step'), ordered: true }),
  filter: (holder, field, ctx) => filter(ctx.model.slot(holder, field.key), ctx),
  filters, bindings,
});
