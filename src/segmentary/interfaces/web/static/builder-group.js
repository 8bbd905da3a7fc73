// Groups in groups: all of, any of, none of these. Children are kept by identity: adding or moving one makes no other anew.
import { el, _ } from './api.js';
import { card, menu, remover } from './builder-card.js';
import { fill } from './builder-combobox.js';
import { choose } from './builder-fields.js';
import { kinds, renew } from './builder-form.js';
import { clone } from './builder-model.js';
import { picker } from './builder-picker.js';

const WORDS = { all: _('All of these hold'), any: _('Any of these holds'), none: _('None of these holds'), notall: _('Not all of these hold') };
const BETWEEN = { all: _('and'), any: _('or'), none: _('or'), notall: _('and') };

/** Say what group a rule is, and where its parts are; null for a condition. */
export function groupOf(rule) {
  if (Array.isArray(rule.all)) return { kind: 'all', list: rule.all, inner: rule };
  if (Array.isArray(rule.any)) return { kind: 'any', list: rule.any, inner: rule };
  const not = rule.not;
  if (not && Array.isArray(not.any)) return { kind: 'none', list: not.any, inner: not };
  if (not && Array.isArray(not.all)) return { kind: 'notall', list: not.all, inner: not };
  return null;
}
const made = (kind, list) => ({ all: { all: list }, any: { any: list }, none: { not: { any: list } }, notall: { not: { all: list } } }[kind]);

/** A rule at its place: a group or a condition. @param {any} slot @param {any} ctx */
export function ruleBox(slot, ctx) {
  return groupOf(slot.get()) ? group(slot, ctx) : card(slot, { ...ctx, list: null });
}

function group(slot, ctx) {
  const { model } = ctx;
  const { kind, list, inner } = groupOf(slot.get());
  const children = new Map();
  const legend = el('legend', {}, choose(_('how the conditions of this group go together'), Object.entries(WORDS), kind, (next) => {
    slot.set(made(next, list));
    renew(box, group(slot, ctx));
    ctx.grown?.();
  }, 'kind'));
  const body = el('ol', { class: 'rules' });
  const box = el('fieldset', { class: `group ${kind}` }, legend, el('ul', { class: 'findings', hidden: true }), body);
  box.rules = [slot.get(), inner];
  const sync = () => {
    const rows = list.map((rule) => children.get(rule) ?? children.set(rule, row(rule)).get(rule));
    for (const [rule, made_] of [...children]) if (!list.includes(rule)) { made_.remove(); children.delete(rule); }
    // Only what moved is moved: whoever types in a row keeps the cursor.
    rows.forEach((one, i) => { if (body.children[i] !== one) body.insertBefore(one, body.children[i] ?? null); });
    box.classList.toggle('bare', list.length === 0);
  };
  const settle = (focus) => { model.changed(); sync(); ctx.grown?.(); if (focus) focusOn(children.get(focus)); };
  const insert = (rule, after = list.length - 1) => { list.splice(after + 1, 0, rule); settle(rule); };
  const acts = {
    remove: (rule) => { const at = list.indexOf(rule); list.splice(at, 1); settle(null); focusOn(children.get(list[Math.min(at, list.length - 1)]) ?? foot); },
    copy: (rule) => insert(clone(rule), list.indexOf(rule)),
    move: (rule, by) => { const at = list.indexOf(rule), to = at + by; if (to < 0 || to >= list.length) return; list.splice(at, 1); list.splice(to, 0, rule); const held = document.activeElement; settle(null); held?.focus(); },
    wrap: (rule) => { const at = list.indexOf(rule); const outer = { [kind === 'all' ? 'any' : 'all']: [rule] }; list[at] = outer; settle(outer); },
    unwrap: (rule) => { const at = list.indexOf(rule); const { kind: inside, list: parts } = groupOf(rule); list.splice(at, 1, ...parts.map((one) => (inside === 'none' || inside === 'notall' ? { not: one } : one))); settle(null); focusOn(children.get(list[at]) ?? foot); },
    swap: (old, fresh, row_) => { list[list.indexOf(old)] = fresh; children.delete(old); children.set(fresh, row_); model.changed(); ctx.grown?.(); },
  };
  const row = (rule) => {
    const line = el('li', { class: 'rule', 'data-between': BETWEEN[kind] });
    let held = rule;
    const item = { holder: list, get key() { return list.indexOf(held); }, get: () => held, set: (value) => { const old = held; held = value; acts.swap(old, value, line); } };
    const own = { ...ctx, list: { acts, current: () => held } };
    line.append(groupOf(rule) ? el('div', { class: 'nested' }, group(item, { ...own, chosen: null }), tools(own)) : card(item, own));
    return line;
  };
  const foot = el('div', { class: 'foot' },
    picker({ event: ctx.event, label: fill(_('Add a condition to: {group}'), { group: WORDS[kind] }), added: (rule) => insert(rule) }),
    el('button', { type: 'button', class: 'second small', onclick: () => { const inside = { [kind === 'all' ? 'any' : 'all']: [] }; insert(inside); } }, _('+ Group')));
  box.append(foot);
  box.pointers = sync;
  sync();
  return box;
}

function focusOn(place) {
  (place?.querySelector('.operand input,.operand select') ?? place?.querySelector('input,select,button,summary'))?.focus();
}

/** What can be done with a group inside a group. */
function tools(ctx) {
  const { acts, current } = ctx.list;
  return el('div', { class: 'tools', role: 'group', 'aria-label': _('This group') }, menu([
    ['up', _('Move up'), () => acts.move(current(), -1)], ['down', _('Move down'), () => acts.move(current(), 1)],
    ['copy', _('Duplicate'), () => acts.copy(current())], ['wrap', _('Put into a group'), () => acts.wrap(current())], ['unwrap', _('Dissolve the group'), () => acts.unwrap(current())]]),
  remover(_('Remove the group'), () => acts.remove(current())));
}

kinds({ ruleBox });
