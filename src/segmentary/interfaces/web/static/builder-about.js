// What a segment says about itself: title, name, purpose, base, whom it is about, tags, past.
import { el, _ } from './api.js';
import { choose, moment, text } from './builder-fields.js';
import { renew } from './builder-form.js';
import { tokens } from './builder-scalar.js';

const BASES = [['', _('other')], ['demographic', _('demographic')], ['geographic', _('geographic')], ['psychographic', _('psychographic')], ['behavioural', _('behavioural')], ['technographic', _('technographic')], ['firmographic', _('firmographic')], ['value', _('value')]];
const ENTITIES = [['', _('customers')], ['account', _('accounts')], ['household', _('households')], ['respondent', _('respondents')]];

/** A slot that leaves nothing behind where nothing is written. */
const lean = (model, key) => {
  const slot = model.slot(model.document, key);
  return { ...slot, get: () => model.document[key] ?? '', set: (value) => slot.set(value === '' || value === null || (Array.isArray(value) && !value.length) ? undefined : value) };
};
const labelled = (name, control, wide = false) => el('div', { class: wide ? 'about-field wide' : 'about-field' }, el('span', { class: 'about-name', 'aria-hidden': 'true' }, name), control);

function past(model) {
  const slot = lean(model, 'history');
  const box = el('span', { class: 'pair' });
  const value = slot.get();
  const since = value !== '' && typeof value === 'object';
  box.append(choose(_('past to compute'), [['', _('none')], ['all', _('all of it')], ['since', _('since a day')]], since ? 'since' : value === 'none' ? '' : value, (next) => {
    slot.set(next === 'since' ? { since: { date: '' } } : next);
    renew(box, past(model));
  }, 'past'));
  if (since) box.append(moment(model.slot(value, 'since'), { label: _('since') }));
  return box;
}

export function about(model, opening) {
  const box = el('section', { class: 'about', 'aria-label': _('About the segment') });
  const draw = () => {
    const name = text(model.slot(model.document, 'segment'), { label: _('name'), width: 18, key: 'name', placeholder: 'high_value' });
    name.readOnly = Boolean(model.name);
    name.setAttribute('maxlength', '120');
    const title = text(lean(model, 'title'), { label: _('title'), width: 30, key: 'title', placeholder: _('High value customers') });
    title.addEventListener('input', () => {
      if (model.name || name.dataset.own) return;
      name.value = title.value.normalize('NFKD').toLowerCase().replace(/ß/g, 'ss').replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 60);
      model.slot(model.document, 'segment').set(name.value);
    });
    name.addEventListener('input', () => { name.dataset.own = 'true'; });
    if (model.document.segment && !model.name) name.dataset.own = 'true';
    const more = el('details', { class: 'more' }, el('summary', {}, _('Base, tags, past')), el('div', { class: 'about-grid' },
      labelled(_('Base'), choose(_('base'), BASES, model.document.base ?? '', (value) => lean(model, 'base').set(value), 'base')),
      labelled(_('About'), choose(_('whom it is about'), ENTITIES, model.document.entity ?? '', (value) => lean(model, 'entity').set(value), 'entity')),
      labelled(_('Past to compute'), past(model)),
      labelled(_('Time zone'), text(lean(model, 'timezone'), { label: _('time zone'), width: 16, key: 'timezone', placeholder: opening.timezone ?? 'UTC' })),
      labelled(_('Tags'), tokens({ ...lean(model, 'tags'), get: () => model.document.tags ?? [] }, { label: _('tags'), type: 'text', model }), true)));
    more.open = box.querySelector('details')?.open ?? false;
    box.replaceChildren(el('div', { class: 'about-grid' }, labelled(_('Title'), title), labelled(_('Name'), name),
      labelled(_('Purpose'), text(lean(model, 'purpose'), { label: _('purpose'), width: 40, key: 'purpose', placeholder: _('What is it for?') }), true)), more);
  };
  draw();
  model.addEventListener('loaded', draw);
  model.addEventListener('named', draw);
  return box;
}
