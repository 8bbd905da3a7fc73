// Controls of conditions that come in several ways: membership at a moment, related people, the end of a rank.
import { el, _ } from './api.js';
import { segments } from './builder-ask.js';
import { choose, covering, calendar, duration, moment } from './builder-fields.js';
import { form, kinds, KINDS, renew } from './builder-form.js';
import { named } from './builder-kinds.js';
import { NTH } from './builder-rules.js';

const WAYS = [['now', _('is in')], ['at', _('was in, at a moment')], ['during', _('was in, during')], ['entered', _('entered')], ['exited', _('left')]];
const wayOf = (holder) => ['at', 'during', 'entered', 'exited'].find((key) => key in holder) ?? 'now';
const FRESH = { now: {}, at: { at: '30d' }, during: { during: { last: '90d' } }, entered: { entered: { last: '30d' } }, exited: { exited: { last: '30d' } } };
const VERSION = { key: 'version', kind: 'name', word: _('version'), label: _('version'), optional: true, add: _('a version'), make: () => '' };
const FIELDS = {
  now: [VERSION],
  at: [{ key: 'at', kind: 'instant', label: _('moment') }, VERSION, { key: 'evaluated', kind: 'flag', label: _('by its rule of now'), optional: true, add: _('by its rule of now'), make: () => true }],
  during: [{ key: 'during', kind: 'stay' }],
  entered: [{ key: 'entered', kind: 'move', label: _('when') }, NTH, { key: 'stayed', kind: 'duration', word: _('and stayed at least'), label: _('length of the stay'), optional: true, add: _('and stayed …'), make: () => '3d' }],
  exited: [{ key: 'exited', kind: 'move', label: _('when') }, NTH],
};

function membership(holder, field, ctx) {
  const { model } = ctx;
  const box = el('span', { class: 'form' });
  const way = wayOf(holder);
  box.append(choose(_('now or when'), WAYS, way, (next) => {
    for (const key of Object.keys(holder)) if (key !== 'segment') delete holder[key];
    Object.assign(holder, JSON.parse(JSON.stringify(FRESH[next])));
    model.changed();
    renew(box, membership(holder, field, ctx));
  }, 'way'), named(model.slot(holder, 'segment'), { label: _('segment'), source: segments, key: 'segment', placeholder: _('search segments') }), form(holder, FIELDS[way], ctx));
  return box;
}

/** A day, an instant, so long ago, or the end of a calendar period. */
function instant(holder, field, ctx) {
  const slot = ctx.model.slot(holder, field.key);
  const value = slot.get();
  const box = el('span', { class: 'pair' });
  const kind = typeof value === 'string' && /^\d+[a-z]+$/.test(value) ? 'ago' : value && typeof value === 'object' && 'end_of' in value ? 'end' : 'moment';
  box.append(choose(field.label, [['ago', _('so long ago')], ['moment', _('on')], ['end', _('at the end of')]], kind, (next) => {
    slot.set({ ago: '30d', moment: { date: '' }, end: { end_of: 'previous_quarter' } }[next]);
    renew(box, instant(holder, field, ctx));
  }, 'instant'));
  box.append(kind === 'ago' ? duration(slot, { label: field.label }) : kind === 'end' ? calendar(ctx.model.slot(value, 'end_of'), { label: field.label }) : moment(slot, { label: field.label }));
  return box;
}

/** When somebody entered or left: ever, or in a window. */
function move(holder, field, ctx) {
  const slot = ctx.model.slot(holder, field.key);
  const box = el('span', { class: 'pair' });
  const ever = slot.get() === true;
  box.append(covering(choose(field.label, [['ever', _('ever')], ['window', _('in a window')]], ever ? 'ever' : 'window', (next) => {
    slot.set(next === 'ever' ? true : { last: '30d' });
    renew(box, move(holder, field, ctx));
  }, 'move'), slot));
  if (!ever) box.append(KINDS.fixed(holder, field, ctx));
  return box;
}

const TESTS = [['any', _('anybody')], ['all', _('everybody')], ['none', _('nobody')], ['count', _('so many')]];
function relation(holder, _field, ctx) {
  const test = TESTS.map(([key]) => key).find((key) => key in holder) ?? 'any';
  return choose(_('how many of them'), TESTS, test, (next) => {
    const rule = test === 'count' ? holder.where : holder[test];
    delete holder[test]; delete holder.where;
    if (next === 'count') Object.assign(holder, { count: { gte: 2 }, where: rule }); else holder[next] = rule;
    ctx.model.changed();
    ctx.redraw();
  }, 'relation');
}

/** The top or the bottom, and how much of it. */
function end(holder, field, ctx) {
  const box = el('span', { class: 'pair' });
  const key = 'bottom' in holder ? 'bottom' : 'top';
  box.append(choose(_('which end'), [['top', _('the top')], ['bottom', _('the bottom')]], key, (next) => {
    const held = holder[key];
    delete holder[key];
    holder[next] = held;
    ctx.model.changed();
    renew(box, end(holder, field, ctx));
  }, 'end'), KINDS.size(holder, { key, label: _('how many') }, ctx));
  return box;
}

kinds({ membership, instant, move, relation, end });
