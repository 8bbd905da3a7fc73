// Every shape of a condition: how it is told, what a fresh one is, which fields it has.
import { _ } from './api.js';
import { propertyType, propertyValues, traitTypes, traitValues } from './builder-ask.js';
import { beginning } from './builder-judge.js';
import { eventFields, FACT_FIELDS, MODEL_FIELDS, PATH, sequenceFields, sessionFields, valueType } from './builder-values.js';

const GROUPS = [['account', _('account')], ['household', _('household')]];
export const NTH = { key: 'nth', kind: 'whole', word: _('for the time number'), label: _('which time'), optional: true, add: _('the n-th time'), make: () => 1 };
const ofTrait = (holder) => ({ type: () => ('path' in holder ? null : traitTypes[holder.trait] ?? null), label: holder.trait || _('value'), values: (text, signal) => traitValues(holder.trait, text, signal) });
const ofProperty = (holder, ctx) => ({ type: () => propertyType(holder.property), label: String(holder.property || _('value')), values: (text, signal) => propertyValues(ctx.event ?? [], String(holder.property), text, signal) });
const OUTPUT_TYPES = { label: 'text' };
const ofModel = (holder) => ({ type: () => OUTPUT_TYPES[holder.output] ?? 'number', label: holder.output });

/** @typedef {{name: string, word: string, hint: string, tone: string, is: (d: any) => boolean, make: () => any, fields: any[], inner?: string, offered?: false, ofEvent?: boolean}} Shape */

const related = (test, word) => ({ name: `related-${test}`, word: _('people of the same account or household'), tone: 'people', offered: false, hint: '', is: (d) => 'related' in d && test in d,
  make: () => ({ related: 'household', [test]: { all: [] } }),
  fields: [{ kind: 'relation', word }, { key: 'related', kind: 'words', word: _('of the same'), label: _('group'), options: GROUPS }, { key: test, kind: 'rule', block: true }] });

/** @type {Shape[]} */
export const RULES = [
  { name: 'fact', word: _('looked up'), hint: _('what a reference table says of the event'), tone: 'event', ofEvent: true, is: (d) => 'fact' in d, make: () => ({ fact: '', of: '', by: '', is: null }),
    fields: [...FACT_FIELDS, { kind: 'judge', wish: () => ({ label: _('value') }) }] },
  { name: 'property', word: _('property'), hint: _('a property of the event'), tone: 'event', ofEvent: true, is: (d) => 'property' in d, make: () => ({ property: '', is: null }),
    fields: [{ key: 'property', kind: 'property' }, { kind: 'judge', wish: ofProperty }] },
  { name: 'trait', word: _('trait'), hint: _('what is known of a person'), tone: 'trait', is: (d) => 'trait' in d, make: () => ({ trait: '', ...beginning('text') }),
    fields: [{ key: 'trait', kind: 'trait' }, PATH, { kind: 'judge', wish: ofTrait },
      { key: 'for', kind: 'lasting', word: _('for'), label: _('how long without a break'), optional: true, add: _('for so long …'), make: () => ({ at_least: '30d' }), drops: ['at_any_time'] },
      { key: 'at_any_time', kind: 'fixed', word: _('at any time'), optional: true, add: _('at any time …'), make: () => ({ last: '365d' }), drops: ['for'] }] },
  { name: 'sequence', word: _('sequence'), hint: _('events one after the other, a funnel, or something that did not follow'), tone: 'event', is: (d) => 'sequence' in d && !('count' in d),
    make: () => ({ sequence: [{ event: '' }, { event: '', within: '7d' }] }), fields: sequenceFields(null) },
  { name: 'sequence-count', word: _('how often a sequence begins'), hint: _('a sequence counted'), tone: 'event', is: (d) => 'sequence' in d,
    make: () => ({ sequence: [{ event: '' }, { event: '' }], count: { gte: 2 } }), fields: sequenceFields('judged') },
  { name: 'sessions', word: _('visits'), hint: _('how many visits, how long'), tone: 'event', is: (d) => 'sessions' in d, make: () => ({ sessions: '30min', count: { gte: 3 } }), fields: sessionFields(true) },
  { name: 'event', word: _('event'), hint: _('what a person did, did not do, how often, for how much'), tone: 'event', is: (d) => 'event' in d, make: () => ({ event: '', during: { last: '30d' }, did: true }), fields: eventFields(true) },
  { name: 'model', word: _('prediction'), hint: _('what a model says of a person'), tone: 'model', is: (d) => 'model' in d, make: () => ({ model: '', output: 'probability', gte: { number: '0.5' } }),
    fields: [...MODEL_FIELDS, { kind: 'judge', wish: ofModel }] },
  { name: 'value', word: _('calculation'), hint: _('two figures worked out: ratio, difference, time since, band, case by case'), tone: 'model', is: (d) => 'value' in d,
    make: () => ({ value: { divide: [{ trait: '' }, { trait: '' }] }, gte: null }), fields: [{ key: 'value', kind: 'value', label: _('calculation') }, { kind: 'judge', wish: (holder) => ({ label: _('value'), type: () => valueType(holder.value) }) }] },
  { name: 'rank', word: _('best or worst'), hint: _('the top 10% by a figure, in all or within each group'), tone: 'model', is: (d) => 'rank' in d, inner: 'rank', make: () => ({ rank: { top: '10%', by: { trait: '' } } }),
    fields: [{ kind: 'end' }, { key: 'by', kind: 'value', word: _('by'), label: _('ranked by') },
      { key: 'within', kind: 'value', word: _('within each'), label: _('within each'), optional: true, add: _('within each …'), make: () => ({ trait: '' }) },
      { key: 'over', kind: 'rule', word: _('among those for whom'), optional: true, block: true, add: _('among those …'), make: () => ({ all: [] }) },
      { key: 'ties', kind: 'words', word: _('ties'), label: _('ties'), options: [['by_id', _('broken by customer id')], ['include', _('all included')]], optional: true, add: _('ties'), make: () => 'include' },
      { key: 'at_least', kind: 'whole', word: _('groups of at least'), label: _('smallest group that is ranked'), optional: true, add: _('smallest group'), make: () => 50 },
      { key: 'keep', kind: 'size', word: _('keep members within'), label: _('members stay within'), optional: true, add: _('keep members within …'), make: () => '15%' }] },
  { name: 'segment', word: _('segment'), hint: _('in another segment: now, at a moment, during a window, entered or left'), tone: 'people', is: (d) => 'segment' in d, make: () => ({ segment: '' }), fields: [{ kind: 'membership' }] },
  related('any', _('anybody')), related('all', _('everybody')), related('none', _('nobody')),
  { name: 'related', word: _('people of the same account or household'), hint: _('how many of them, any, all or none'), tone: 'people', is: (d) => 'related' in d, make: () => ({ related: 'household', any: { all: [] } }),
    fields: [{ kind: 'relation' }, { key: 'count', kind: 'judge', wish: () => ({ type: () => 'number', only: ['is', 'lt', 'lte', 'gt', 'gte'], label: _('how many of them') }) }, { key: 'related', kind: 'words', word: _('of the same'), label: _('group'), options: GROUPS }, { key: 'where', kind: 'rule', block: true }] },
  { name: 'near', word: _('near a place'), hint: _('within so many kilometres'), tone: 'trait', is: (d) => 'within_km' in d, make: () => ({ within_km: 25, of: '' }),
    fields: [{ key: 'within_km', kind: 'number', word: _('within'), label: _('kilometres') }, { key: 'of', kind: 'place', word: _('km of'), label: _('which place') },
      { key: 'latitude', kind: 'value', word: _('latitude from'), label: _('latitude'), optional: true, add: _('latitude from …'), make: () => ({ trait: '' }) },
      { key: 'longitude', kind: 'value', word: _('longitude from'), label: _('longitude'), optional: true, add: _('longitude from …'), make: () => ({ trait: '' }) }] },
  { name: 'consent', word: _('consent'), hint: _('the latest decision for a purpose'), tone: 'people', is: (d) => 'consent' in d, make: () => ({ consent: 'marketing', channel: 'email', is: 'granted' }),
    fields: [{ key: 'consent', kind: 'name', word: _('consent to'), label: _('purpose') }, { key: 'channel', kind: 'name', word: _('by'), label: _('channel'), optional: true, add: _('channel'), make: () => 'email' },
      { key: 'is', kind: 'words', word: _('is'), label: _('decision'), options: [['granted', _('granted')], ['denied', _('denied')]], optional: true, add: _('decision'), make: () => 'granted' }] },
  { name: 'list', word: _('list'), hint: _('a list of people that was uploaded'), tone: 'people', is: (d) => 'list' in d, make: () => ({ list: '' }), fields: [{ key: 'list', kind: 'list', word: _('on the list') }] },
  { name: 'ids', word: _('single people'), hint: _('customer ids, typed or pasted'), tone: 'people', is: (d) => 'ids' in d, make: () => ({ ids: [] }), fields: [{ key: 'ids', kind: 'texts', word: _('one of'), label: _('customer ids') }] },
  { name: 'sample', word: _('random sample'), hint: _('a stable share of everybody, for tests'), tone: 'people', is: (d) => 'sample' in d, inner: 'sample', make: () => ({ sample: { share: '10%', salt: 'test_1' } }),
    fields: [{ key: 'share', kind: 'share', label: _('share') }, { key: 'salt', kind: 'name', word: _('drawn as'), label: _('name of the draw') }] },
];

export const shapeOf = (rule) => RULES.find((one) => one.is(rule)) ?? null;
