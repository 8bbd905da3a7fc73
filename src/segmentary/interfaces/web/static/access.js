// A new key is shown once, with a button that copies it.
import { _, el, say } from './api.js';

document.getElementById('new-key')?.addEventListener('answered', (event) => {
  const place = document.getElementById('made');
  const text = event.detail.key;
  place.replaceChildren(el('div', { class: 'answer good' },
    el('p', {}, el('strong', {}, _('This is the only time the key is shown.'))),
    el('code', { class: 'key' }, text),
    el('div', { class: 'actions' },
      el('button', { type: 'button', onclick: async () => { await navigator.clipboard.writeText(text); say(_('Copied')); } }, _('Copy')),
      el('button', { type: 'button', class: 'second', onclick: () => location.reload() }, _('Show the list again')))));
  event.target.reset();
  place.focus();
});
