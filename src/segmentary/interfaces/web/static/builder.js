// The builder page: what it is put together of, and who tells whom. The definition lives in the model, as data.
import './builder-kinds.js';
import './builder-windows.js';
import './builder-measures.js';
import './builder-values.js';
import './builder-sequence.js';
import './builder-membership.js';
import './builder-group.js';
import { el, _ } from './api.js';
import { about } from './builder-about.js';
import { learn } from './builder-ask.js';
import { ruleBox } from './builder-form.js';
import { Model } from './builder-model.js';
import { notes } from './builder-notes.js';
import { panel } from './builder-panel.js';
import { Previews } from './builder-preview.js';
import { keeping } from './builder-save.js';
import { tabs } from './builder-tabs.js';
import { templates } from './builder-templates.js';

/** @typedef {{document: any, name: string, etag: string, wrong: string, source: string, traits: Record<string, string>, segments: string[], may: string[]}} Opening */

/** Draw the conditions of a model; a group around them, so that there is always a place to add. */
export function tree(model, grown = () => {}) {
  if (!model.document.where) model.document.where = { all: [] };
  return ruleBox(model.root, { model, event: null, grown });
}

function start(place) {
  /** @type {Opening} */
  const opening = JSON.parse(document.getElementById('builder-data').textContent);
  const model = new Model(opening.document);
  model.name = opening.name;
  model.etag = opening.etag;
  const previews = new Previews(model, opening);
  const conditions = el('div', { class: 'tree' });
  const draw = () => {
    const held = document.activeElement?.dataset?.k;
    const inside = conditions.contains(document.activeElement);
    conditions.replaceChildren(tree(model));
    if (inside) (held ? conditions.querySelector(`[data-k="${held}"]`) : conditions.querySelector('input,select'))?.focus();
  };
  draw();
  model.addEventListener('loaded', draw);
  const history = steps(model);
  const library = templates(model);
  const spoken = el('p', { class: 'sentence', role: 'status', 'aria-live': 'off' });
  const work = el('div', { class: 'work' }, about(model, opening), el('section', { class: 'sheet', 'aria-label': _('Definition') }, tabs(model, opening, conditions, [history, library.opener]), spoken));
  const side = panel(model, previews, opening);
  place.append(el('div', { class: 'builder-columns' }, work, side), keeping(model, previews), library.drawer);
  notes(conditions, model, previews);
  previews.addEventListener('answer', () => { if (previews.answer?.sentence) spoken.textContent = previews.answer.sentence; });
  model.addEventListener('changed', () => previews.later());
  model.addEventListener('loaded', () => previews.later());
  previews.now();
  learn(model.document).then((found) => { if (found && !conditions.contains(document.activeElement)) draw(); });
  place.dataset.ready = 'true';
}

/** Buttons and keys that go back and forth. */
function steps(model) {
  const back = el('button', { type: 'button', class: 'plain', onclick: () => model.undo(), title: 'Ctrl+Z' }, `↶ ${_('Undo')}`);
  const forth = el('button', { type: 'button', class: 'plain', onclick: () => model.redo(), title: 'Ctrl+Shift+Z' }, `↷ ${_('Redo')}`);
  const show = () => { back.disabled = !model.past.length; forth.disabled = !model.future.length; };
  for (const kind of ['changed', 'loaded']) model.addEventListener(kind, show);
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.closest?.('textarea')) return;
    const key = event.key.toLowerCase();
    if (key === 'z' && !event.shiftKey) { event.preventDefault(); model.undo(); }
    if (key === 'y' || (key === 'z' && event.shiftKey)) { event.preventDefault(); model.redo(); }
  });
  show();
  return el('span', { class: 'history', role: 'group', 'aria-label': _('Steps') }, back, forth);
}

const place = document.getElementById('builder');
if (place) start(place);
