// One condition: its controls, what it does to the count, what is doubtful about it, and what can be done with it.
import { ask, el, _ } from './api.js';
import { form, renew, ruleBox } from './builder-form.js';
import { shapeOf } from './builder-rules.js';

let made = 0;

/** @param {any} slot holds the condition @param {any} ctx with `list` where it stands in a group */
export function card(slot, ctx) {
  const rule = slot.get();
  const negated = 'not' in rule;
  const inner = negated ? rule.not : rule;
  const shape = shapeOf(inner);
  const id = `condition-${++made}`;
  const box = el('div', { class: `condition ${shape?.tone ?? 'raw'}${negated ? ' negated' : ''}`, role: 'group', 'aria-label': `${negated ? `${_('not')}: ` : ''}${shape?.word ?? _('condition')}`, id });
  box.rules = [rule, inner];
  const own = { ...ctx, redraw: () => renew(box, card(slot, ctx)) };
  const line = el('div', { class: 'line' });
  if (negated) line.append(el('span', { class: 'not' }, _('NOT')));
  if (shape) {
    line.append(el('span', { class: 'kind' }, shape.word));
    let judged = null;
    const chosen = (_value, choice) => { if (choice?.pick?.type) own.type = choice.pick.type; setTimeout(() => judged?.retype?.(), 0); };
    line.append(form(shape.inner ? inner[shape.inner] : inner, shape.fields, { ...own, chosen, judged: (found) => { judged = found; } }));
  } else if (negated) line.append(ruleBox(ctx.model.slot(rule, 'not'), { ...ctx, list: null }));
  else line.append(textForm(slot, ctx, box, id));
  box.append(line, tools(slot, ctx, box, id, negated), el('p', { class: 'effect', hidden: true }), el('ul', { class: 'findings', hidden: true }));
  return box;
}

function tools(slot, ctx, box, id, negated) {
  const acts = ctx.list?.acts;
  const current = () => slot.get();
  const negate = () => { const rule = current(); slot.set(negated ? rule.not : { not: rule }); renew(box, card(slot, ctx)); ctx.grown?.(); };
  const asText = () => { const line = box.querySelector(':scope > .line'); if (!line.querySelector(':scope > .as-text')) { line.replaceChildren(textForm(slot, ctx, box, id)); line.querySelector('input')?.focus(); } };
  const wrap = () => { if (acts) acts.wrap(current()); else { slot.set({ all: [current()] }); box.replaceWith(ruleBox(slot, ctx)); ctx.grown?.(); } };
  return el('div', { class: 'tools', role: 'group', 'aria-label': _('This condition') }, menu([
    ['negate', negated ? _('Take the NOT away') : _('Turn into NOT'), negate],
    ...(acts ? [['up', _('Move up'), () => acts.move(current(), -1)], ['down', _('Move down'), () => acts.move(current(), 1)], ['copy', _('Duplicate'), () => acts.copy(current())]] : []),
    ['wrap', _('Put into a group'), wrap], ['text', _('Edit as text'), asText]]),
  acts ? remover(_('Remove the condition'), () => acts.remove(current())) : null);
}

/** A menu of what can be done; it closes when something is done, on Escape, and when the focus leaves. */
export function menu(acts) {
  const box = el('details', { class: 'menu-more' }, el('summary', { 'aria-label': _('What can be done'), 'data-k': 'menu' }, '⋯'),
    el('div', { class: 'inside' }, acts.map(([key, word, act]) => el('button', { type: 'button', class: 'plain small', 'data-k': key, onclick: () => { box.open = false; act(); if (box.isConnected && !box.contains(document.activeElement)) box.querySelector('summary').focus(); } }, word))));
  box.addEventListener('keydown', (event) => { if (event.key === 'Escape' && box.open) { event.stopPropagation(); box.open = false; box.querySelector('summary').focus(); } });
  box.addEventListener('focusout', (event) => { if (event.relatedTarget && !box.contains(event.relatedTarget)) box.open = false; });
  return box;
}
export const remover = (label, act) => el('button', { type: 'button', class: 'plain small', 'aria-label': label, title: label, 'data-k': 'remove', onclick: act }, '×');

/** The condition as one line of the text form; Enter takes it, Escape leaves it as it was. */
function textForm(slot, ctx, box, id) {
  const wrong = el('p', { class: 'wrong', role: 'alert', id: `${id}-wrong` });
  const input = el('input', { 'aria-label': _('The condition as text'), class: 'code', 'aria-describedby': `${id}-wrong`, spellcheck: 'false', autocomplete: 'off', 'data-k': 'as-text', maxlength: '10000' });
  const leave = () => renew(box, card(slot, ctx));
  const asked = ctx.event ? null : ask('definitions/convert', { body: { from: 'json', to: ['text'], source: JSON.stringify({ segment: 'draft', where: slot.get() }) } });
  if (asked) asked.then((found) => { if (!input.value) input.value = found.text ?? ''; }, (problem) => { wrong.textContent = problem.message; });
  const take = async () => {
    try {
      const found = ctx.event ? { document: { where: JSON.parse(input.value) } } : await ask('definitions/convert', { body: { from: 'text', to: ['json'], source: input.value } });
      slot.set(found.document.where);
      box.replaceWith(ruleBox(slot, ctx));
      ctx.grown?.();
    } catch (problem) { wrong.textContent = [problem.message, problem.hint].filter(Boolean).join(' – '); }
  };
  if (ctx.event) input.value = JSON.stringify(slot.get());
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') { event.preventDefault(); take(); }
    if (event.key === 'Escape') { event.preventDefault(); leave(); }
  });
  return el('span', { class: 'as-text' }, input, el('button', { type: 'button', class: 'second small', onclick: take }, _('Take over')), el('button', { type: 'button', class: 'plain small', onclick: leave }, _('Leave as it was')), wrong);
}
