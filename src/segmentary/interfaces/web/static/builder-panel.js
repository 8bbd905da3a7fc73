// The live panel: exact count, share, change, reach, value, waterfall, breakdown, some people. An old figure stays,
// dimmed, until the new one is there.
import { el, number, percent, _ } from './api.js';
import { traits } from './builder-ask.js';
import { combobox, fill } from './builder-combobox.js';
import { breakdown, change, falls, reach, sample, worth } from './builder-panel-parts.js';

/** @param {any} model @param {any} previews @param {any} opening */
export function panel(model, previews, opening) {
  const figure = el('p', { class: 'figure' }, '–');
  const unit = el('p', { class: 'unit' }, _('people'));
  const note = el('p', { class: 'note', role: 'status' });
  const wrong = el('div', { class: 'panel-wrong', role: 'alert', hidden: true });
  const head = el('div', { class: 'count' }, figure, unit, bar(0), note);
  const spots = { difference: el('div'), reach: el('div'), value: el('div'), waterfall: el('div'), breakdown: el('div'), people: el('div') };
  const by = combobox({ label: _('break down by trait'), placeholder: _('search traits'), key: 'by', source: traits, taken: (value) => { previews.breakdownBy = value; previews.now(); } });
  const section = (key, title, inside, open) => {
    const made = el('details', { class: 'panel-part' }, el('summary', {}, title), inside);
    made.open = open;
    made.addEventListener('toggle', () => {
      const had = previews.open.has(key);
      if (made.open) previews.open.add(key); else previews.open.delete(key);
      if (made.open && !had && previews.answer) previews.now();
    });
    return made;
  };
  const box = el('aside', { class: 'live', 'aria-label': _('What it gives') }, head, wrong, spots.difference,
    section('reach', _('Who can be reached'), spots.reach, true),
    section('value', _('What they are worth'), spots.value, true),
    section('waterfall', _('What each condition does'), spots.waterfall, true),
    section('breakdown', _('Broken down'), el('div', {}, el('div', { class: 'by' }, by), spots.breakdown), false),
    opening.may.includes('people') ? section('people', _('Some of the people'), spots.people, false) : null);

  previews.addEventListener('waiting', () => box.setAttribute('data-stale', 'true'));
  previews.addEventListener('more', () => box.setAttribute('data-more', 'true'));
  previews.addEventListener('answer', () => {
    const { answer } = previews;
    box.removeAttribute('data-stale');
    wrong.hidden = true;
    figure.textContent = number(answer.people);
    figure.dataset.people = String(answer.people);
    unit.textContent = answer.base === null ? _('people') : fill(_('of {base} people, {share}'), { base: number(answer.base), share: percent(answer.share) });
    head.querySelector('svg')?.replaceWith(bar(answer.share ?? 0));
    const kept = previews.left.length;
    const left = kept === 1 ? _('One unfinished condition is left out.') : kept ? fill(_('{n} unfinished conditions are left out.'), { n: kept }) : '';
    const took = answer.seconds === undefined ? '' : fill(_('Exact, as of {moment}, in {ms} ms.'), { moment: moment(answer.as_of), ms: number(answer.seconds * 1000) });
    note.textContent = [left, took].filter(Boolean).join(' ');
    if (!('waterfall' in answer) && !('reach' in answer) && !('findings' in answer)) return;
    box.removeAttribute('data-more');
    put(spots.difference, answer.difference ? change(answer.difference) : null);
    put(spots.reach, answer.reach ? reach(answer.reach, answer.people) : null);
    put(spots.value, answer.value ? worth(answer.value) : null);
    put(spots.waterfall, answer.waterfall ? falls(answer.waterfall, answer.base) : null);
    put(spots.breakdown, answer.breakdown ? breakdown(answer.breakdown) : el('p', { class: 'note' }, _('Choose a trait to see how the people differ from everybody.')));
    put(spots.people, answer.sample ? sample(answer.sample) : null);
  });
  previews.addEventListener('lacking', () => { box.removeAttribute('data-more'); note.textContent = [_('The count is right; the rest could not be worked out:'), previews.lacking.message, previews.lacking.hint].filter(Boolean).join(' '); });
  previews.addEventListener('wrong', () => {
    box.setAttribute('data-stale', 'true');
    wrong.hidden = false;
    wrong.replaceChildren(el('strong', {}, _('This cannot be counted:')), ' ', previews.problem.message, previews.problem.hint ? el('span', { class: 'hint' }, ` ${previews.problem.hint}`) : '');
    note.textContent = figure.dataset.people ? _('The figures are those of the last definition that could be counted.') : '';
  });
  previews.addEventListener('empty', () => {
    box.removeAttribute('data-stale'); box.removeAttribute('data-more');
    wrong.hidden = true;
    figure.textContent = '–'; delete figure.dataset.people;
    unit.textContent = _('Add a condition to see how many people belong.');
    head.querySelector('svg')?.replaceWith(bar(0));
    note.textContent = previews.left.length ? _('What is there is not filled in yet.') : '';
    for (const spot of Object.values(spots)) spot.replaceChildren();
  });
  return box;
}

const put = (spot, inside) => spot.replaceChildren(...(inside ? [inside] : []));

const moment = (text) => { const at = new Date(text); return Number.isNaN(at.getTime()) ? String(text) : new Intl.DateTimeFormat(document.documentElement.lang || 'en', { dateStyle: 'medium', timeStyle: 'short' }).format(at); };

/** A share as a bar. */
export function bar(value, kind = '') {
  const space = 'http://www.w3.org/2000/svg';
  const drawn = document.createElementNS(space, 'svg');
  for (const [key, text] of Object.entries({ viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true', class: `bar-chart ${kind}` })) drawn.setAttribute(key, text);
  for (const [width, name] of [[100, 'ground'], [Math.max(0, Math.min(100, value * 100)), '']]) {
    const one = document.createElementNS(space, 'rect');
    for (const [key, text] of Object.entries({ width: width.toFixed(2), height: 8, rx: 2, class: name })) one.setAttribute(key, text);
    drawn.append(one);
  }
  return drawn;
}
