// The parts of the live panel as tables: every figure with its unit, bars only beside figures.
import { el, number, percent, _ } from './api.js';
import { fill } from './builder-combobox.js';
import { bar } from './builder-panel.js';

const table = (caption, heads, rows) => el('table', { class: 'small-table' }, el('caption', { class: 'visually-hidden' }, caption),
  el('thead', {}, el('tr', {}, heads.map((head, i) => el('th', { scope: 'col', class: i ? 'right' : '' }, head)))), el('tbody', {}, rows));
const row = (name, ...cells) => el('tr', {}, el('th', { scope: 'row' }, name), cells.map((cell) => el('td', { class: 'right' }, cell)));
const CHANNELS = { email: _('E-mail'), sms: _('SMS'), push: _('Push'), post: _('Post'), phone: _('Phone'), chat: _('Chat') };

/** Who comes and who goes against the saved version. */
export function change(one) {
  const people = (ids) => (ids ?? []).flatMap((id, i) => [i ? ', ' : '', el('a', { href: `/people/${encodeURIComponent(id)}` }, id)]);
  if (!one.entered && !one.left) return el('p', { class: 'change' }, _('The same people as the saved version.'));
  return el('div', { class: 'change' }, el('p', {}, el('strong', { class: 'plus' }, `+${number(one.entered)}`), ' ', el('strong', { class: 'minus' }, `−${number(one.left)}`), ' ', fill(_('against the saved version ({n} people)'), { n: number(one.people_before) })),
    one.entered_examples?.length ? el('p', { class: 'note' }, _('New, for example:'), ' ', people(one.entered_examples)) : null,
    one.left_examples?.length ? el('p', { class: 'note' }, _('No longer, for example:'), ' ', people(one.left_examples)) : null);
}

export function reach(found, people) {
  const rows = Object.entries(found);
  if (!rows.length) return el('p', { class: 'note' }, _('No channel with an address and consent.'));
  return table(_('People who can be reached by channel'), [_('Channel'), _('People'), _('Share')],
    rows.map(([channel, n]) => row(CHANNELS[channel] ?? channel, number(n), percent(people ? n / people : 0))));
}

export function worth(found) {
  const money = (value) => (value === null || value === undefined ? '–' : new Intl.NumberFormat(document.documentElement.lang || 'en', { style: 'currency', currency: found.currency || 'EUR', maximumFractionDigits: Math.abs(value) < 1000 ? 2 : 0 }).format(value));
  const rows = [];
  if (found.orders) rows.push(row(_('Orders'), number(found.orders.sum), number(found.orders.mean, 1), number(found.orders.n)));
  if (found.revenue) rows.push(row(_('Revenue'), money(found.revenue.sum), money(found.revenue.mean), number(found.revenue.n)));
  if (found.net_revenue) rows.push(row(_('Net of returns'), money(found.net_revenue.sum), money(found.net_revenue.mean), number(found.net_revenue.n)));
  if (!rows.length) return el('p', { class: 'note' }, _('Nothing is known of what they bought.'));
  return table(_('What the people bought so far'), [_('So far'), _('In all'), _('A person'), _('n')], rows);
}

/** From everybody to the members: what is left after each condition. */
export function falls(steps, base, depth = 0) {
  const list = el('ol', { class: depth ? 'falls inner' : 'falls' });
  if (!depth) list.append(el('li', {}, el('span', { class: 'fall-name' }, _('Everybody')), el('span', { class: 'fall-count' }, number(base)), bar(1)));
  list.append(...steps.map((step) => el('li', {}, el('span', { class: 'fall-name' }, step.condition),
    el('span', { class: 'fall-count' }, number(step.remaining), el('span', { class: step.removed >= 0 ? 'minus' : 'plus' }, ` ${step.removed >= 0 ? '−' : '+'}${number(Math.abs(step.removed))}`)),
    bar(base ? step.remaining / base : 0), step.parts?.length ? falls(step.parts, base, depth + 1) : null)));
  return list;
}

export function breakdown(found) {
  const said = (value) => (value === null || value === undefined ? _('(not known)') : typeof value === 'boolean' ? (value ? _('yes') : _('no')) : String(value));
  const rows = found.rows.map((one) => row(el('span', {}, said(one.value), bar(one.share_of_members ?? 0, 'thin')),
    one.suppressed ? _('few') : number(one.people), one.suppressed ? '–' : percent(one.share_of_members), one.suppressed ? '–' : percent(one.share_of_base)));
  if (found.others) rows.push(row(_('all others'), number(found.others), '', ''));
  return table(fill(_('People by {trait}'), { trait: found.trait }), [found.trait, _('People'), _('Share'), _('Everybody')], rows);
}

export function sample(found) {
  if (!found.rows.length) return el('p', { class: 'note' }, _('Nobody belongs.'));
  const key = found.columns.find((name) => name === 'customer_id' || name === 'entity_id' || name === 'id') ?? found.columns[0];
  const cell = (one, name) => { const value = one[name]; return value === null || value === undefined ? '–' : typeof value === 'number' ? number(value, 2) : String(value); };
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': _('Some of the people') }, el('table', { class: 'small-table' }, el('caption', { class: 'visually-hidden' }, _('Some of the people')),
    el('thead', {}, el('tr', {}, found.columns.map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, found.rows.map((one) => el('tr', {}, found.columns.map((name) => (name === key
      ? el('th', { scope: 'row' }, el('a', { href: `/people/${encodeURIComponent(one[name])}` }, String(one[name]))) : el('td', {}, cell(one, name)))))))));
}
