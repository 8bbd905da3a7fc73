// Ready-made segments to begin with: those the data can support first, with what the others lack.
import { ask, complain, el, _ } from './api.js';
import { clone } from './builder-model.js';

export function templates(model) {
  const search = el('input', { type: 'search', autofocus: true, 'aria-label': _('Search ready-made segments'), placeholder: _('Search …'), maxlength: '200' });
  const list = el('ul', { class: 'template-list' });
  const wrong = el('p', { class: 'wrong', role: 'alert' });
  const drawer = el('dialog', { class: 'drawer', 'aria-labelledby': 'templates-title' },
    el('div', { class: 'drawer-head' }, el('h2', { id: 'templates-title' }, _('Ready-made segments')), el('button', { type: 'button', class: 'plain', 'data-close': '', 'aria-label': _('Close') }, '×')), search, wrong, list);
  let found = null;
  const take = (one) => {
    const next = clone(one.document);
    if (model.name) { next.segment = model.name; if (model.document.title) next.title = model.document.title; }
    model.load(next);
    drawer.close();
  };
  const draw = () => {
    const said = search.value.trim().toLowerCase();
    const fitting = found.filter((one) => !said || [one.name, one.title, one.purpose, one.base, one.sentence].some((word) => String(word ?? '').toLowerCase().includes(said)));
    list.replaceChildren(...fitting.map((one) => el('li', { class: one.supported ? 'template' : 'template lacking' },
      el('div', {}, el('h3', {}, one.title, ' ', el('span', { class: 'badge' }, one.base)), el('p', {}, one.purpose), el('p', { class: 'note' }, one.sentence),
        one.missing.length ? el('p', { class: 'note' }, `${_('Your data lack:')} ${one.missing.join(', ')}`) : null),
      el('button', { type: 'button', class: one.supported ? 'small' : 'second small', 'aria-label': `${_('Begin with')}: ${one.title}`, onclick: () => take(one) }, _('Begin with it')))));
    if (!fitting.length) list.append(el('li', {}, _('Nothing found')));
  };
  search.addEventListener('input', () => found && draw());
  const opener = el('button', { type: 'button', class: 'plain', 'aria-haspopup': 'dialog', onclick: async () => {
    drawer.showModal();
    if (found) return;
    list.replaceChildren(el('li', { class: 'note' }, _('Looking at what your data support …')));
    try { found = (await ask('templates')).templates; draw(); } catch (problem) { list.replaceChildren(); complain(problem, wrong); }
  } }, `☰ ${_('Ready-made')}`);
  return { opener, drawer };
}
