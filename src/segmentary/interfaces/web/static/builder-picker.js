// The picker that adds a condition: traits, events, segments, lists and every other shape, searched in one field.
import { _ } from './api.js';
import { events, lists, properties, segments, traits } from './builder-ask.js';
import { combobox } from './builder-combobox.js';
import { beginning } from './builder-judge.js';
import { RULES } from './builder-rules.js';

const quiet = async (asked) => { try { return await asked; } catch (problem) { if (problem.name === 'AbortError') throw problem; return []; } };

/** @param {string} text @param {AbortSignal} signal @param {string[]|null} event names of the event a condition is on */
async function found(text, signal, event) {
  const few = text.trim() ? 12 : 6;
  const said = text.trim().toLowerCase();
  const shapes = RULES.filter((one) => one.offered !== false && one.name !== 'trait' && one.name !== 'property' && (!one.ofEvent || event) && (!event || one.ofEvent))
    .filter((one) => !said || one.word.toLowerCase().includes(said) || one.hint.toLowerCase().includes(said))
    .map((one) => ({ value: one.name, title: one.word, detail: one.hint, group: _('Other conditions'), pick: { shape: one } }));
  if (event) {
    const [own, people] = await Promise.all([quiet(properties(event, text, signal)), quiet(traits(text, signal))]);
    return [...own, ...people.slice(0, few).map((one) => ({ ...one, group: _('Traits at that moment') })), ...shapes];
  }
  const [people, happened, listed] = await Promise.all([quiet(traits(text, signal)), quiet(events(text, signal)), quiet(lists(text, signal))]);
  return [...people.slice(0, few), ...happened.slice(0, few), ...segments(text).slice(0, few), ...listed.slice(0, few), ...shapes];
}

/** The condition that a choice begins. */
export function conditionFor(pick) {
  if (pick.shape) return pick.shape.make();
  if ('trait' in pick) return { trait: pick.trait, ...beginning(pick.type) };
  if ('property' in pick) return { property: pick.property, ...beginning(pick.type) };
  if ('event' in pick) return { event: pick.event, during: { last: '30d' }, did: true };
  return { ...pick };
}

/** @param {{event: string[]|null, label: string, added: (rule: any) => void}} wish */
export function picker(wish) {
  return combobox({
    label: wish.label, key: 'picker', clears: 'best', wide: true,
    placeholder: wish.event ? _('Add a condition: property …') : _('Add a condition: trait, event, segment …'),
    source: (text, signal) => found(text, signal, wish.event),
    taken: (_value, choice) => { if (choice?.pick) wish.added(conditionFor(choice.pick)); },
  });
}
