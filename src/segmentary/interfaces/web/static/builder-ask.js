// What the builder asks the server for its suggestions: traits, values, events, segments, lists. Answers are kept.
import { ask, number, percent, _ } from './api.js';
import { fill } from './builder-combobox.js';

const kept = new Map();
const data = JSON.parse(document.getElementById('builder-data')?.textContent || '{}');
export const traitTypes = data.traits ?? {};
export const operatorFacts = data.operators ?? {};

/** Ask once; the answer is kept for the life of the page. */
async function once(address, signal) {
  if (!kept.has(address)) {
    const answer = await ask(address, { signal });
    if (kept.size > 400) kept.clear();
    kept.set(address, answer);
  }
  return kept.get(address);
}
const q = encodeURIComponent;
const fits = (text, ...words) => words.some((word) => String(word ?? '').toLowerCase().includes(text.trim().toLowerCase()));
const top = (values) => (values ?? []).slice(0, 3).map((one) => (one && typeof one === 'object' ? one.value : one)).join(', ');

const range = (one) => (one.low !== null && one.low !== undefined ? fill(_('{low} to {high}'), { low: String(one.low), high: String(one.high) }) : '');

const KNOWN_PROPERTIES = { amount: 'number', quantity: 'number', happened_at: 'time', currency: 'text', category: 'text', brand: 'text', channel: 'text', product_id: 'text', order_id: 'text', session_id: 'text', source: 'text', name: 'text' };
const PARTS = { hour: 'number', weekday: 'number', day: 'number', month: 'number', year: 'number', date: 'date' };

export async function traits(text, signal) {
  let found;
  try { found = (await once(`traits?limit=60&search=${q(text.trim())}`, signal)).traits ?? []; } catch (problem) {
    if (problem.name === 'AbortError') throw problem;
    found = Object.keys(traitTypes).filter((name) => fits(text, name)).slice(0, 60).map((name) => ({ name, type: traitTypes[name] }));
  }
  return found.map((one) => ({
    value: one.name, title: one.title || one.name, group: _('Traits'), pick: { trait: one.name, type: one.type },
    detail: [one.title && one.title !== one.name ? one.name : '', one.description, top(one.top_values) || range(one)].filter(Boolean).join(' · '),
    meta: [typeName(one.type), one.fill_rate === null || one.fill_rate === undefined ? '' : fill(_('{share} known'), { share: percent(one.fill_rate, 0) })].filter(Boolean).join(' · '),
  }));
}

export async function events(text, signal) {
  const found = ((await once('events', signal)).events ?? []).filter((one) => fits(text, one.name)).sort((one, other) => other.events - one.events);
  return found.map((one) => ({ value: one.name, group: _('Events'), pick: { event: one.name },
    meta: fill(_('{n} people'), { n: number(one.people) }) }));
}

export function segments(text) {
  return (data.segments ?? []).filter((name) => name !== data.name && fits(text, name)).slice(0, 60).map((name) => ({ value: name, group: _('Segments'), pick: { segment: name } }));
}

export async function lists(text, signal) {
  const found = (await once('lists', signal)).lists ?? [];
  return found.filter((one) => fits(text, one.name)).map((one) => ({ value: one.name, group: _('Lists'), pick: { list: one.name }, meta: number(one.size) }));
}

export async function traitValues(trait, text, signal) {
  if (!trait) return [];
  const found = (await once(`traits/${q(trait)}/values?search=${q(text.trim())}`, signal)).values ?? [];
  return found.map((one) => ({ value: String(one.value ?? one), meta: one.people !== undefined ? number(one.people) : '' }));
}

async function described(event, signal) {
  if (!event) return [];
  try {
    const found = (await once(`events/${q(event)}`, signal)).properties ?? {};
    return Object.entries(found).map(([name, type]) => ({ name, type }));
  } catch (problem) { if (problem.name === 'AbortError') throw problem; return []; }
}

/** Learn the properties of the events a definition names, so that conditions on them know their types. */
export async function learn(document) {
  const names = new Set();
  const walk = (value) => {
    if (value === null || typeof value !== 'object') return;
    if (!Array.isArray(value) && value.event && value.event !== 'any') for (const one of [value.event].flat()) names.add(String(one));
    Object.values(value).forEach(walk);
  };
  walk(document);
  await Promise.all([...names].slice(0, 20).map((name) => described(name)));
  return names.size;
}

/** Properties every event may have, those of these events, and the parts of moments. @param {string[]} names */
export async function properties(names, text, signal) {
  const own = (await Promise.all(names.slice(0, 5).map((name) => described(name, signal)))).flat();
  const found = new Map(own.map((one) => [one.name, one]));
  for (const [name, type] of Object.entries(KNOWN_PROPERTIES)) if (!found.has(name)) found.set(name, { name, type, general: true });
  for (const [part, type] of Object.entries(PARTS)) found.set(`happened_at.${part}`, { name: `happened_at.${part}`, type, general: true });
  return [...found.values()].filter((one) => fits(text, one.name)).slice(0, 60).map((one) => ({
    value: one.name, meta: typeName(one.type), pick: { property: one.name, type: one.type },
    group: one.general ? _('Every event may have') : _('Properties of these events') }));
}

export async function propertyValues(names, property, text, signal) {
  if (!names.length || !property) return [];
  const found = (await once(`events/${q(names[0])}?values_of=${q(property)}`, signal)).values?.values ?? [];
  return found.filter((one) => fits(text, one.value)).map((one) => ({ value: String(one.value), meta: one.people !== null && one.people !== undefined ? number(one.people) : '' }));
}

/** The type of a property as far as it is known without asking. */
export function propertyType(name) {
  const text = Array.isArray(name) ? name.join('.') : String(name ?? '');
  if (KNOWN_PROPERTIES[text]) return KNOWN_PROPERTIES[text];
  const [first, part] = text.split('.');
  if (first === 'happened_at' && PARTS[part]) return PARTS[part];
  for (const answer of kept.values()) {
    const own = answer?.properties;
    if (own && typeof own === 'object' && Object.hasOwn(own, text)) return own[text];
  }
  return null;
}

export function typeName(type) {
  return { text: _('text'), number: _('number'), boolean: _('yes or no'), date: _('date'), time: _('date and time'), list: _('list') }[type] ?? type ?? '';
}
