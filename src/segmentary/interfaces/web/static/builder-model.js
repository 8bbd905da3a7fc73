// The definition that is being built: JSON data in the written form, with a hundred steps of undo.
// Controls hold a slot (an object and a key of it), never a path: what stands around may move.

/** @typedef {{holder: any, key: string|number, get: () => any, set: (value: any) => void}} Slot */

const STEPS = 100;
const TYPING_MS = 1200;

export const isTyped = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)
  && Object.keys(value).length === 1 && ['number', 'date', 'time'].some((kind) => typeof value[kind] === 'string');
export const isLeaf = (value) => value === null || typeof value !== 'object' || isTyped(value);
export const clone = (value) => JSON.parse(JSON.stringify(value));
export const same = (one, other) => canonical(one) === canonical(other);

/** The same text for the same data, whatever the order of keys. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}

export class Model extends EventTarget {
  /** @param {any} document */
  constructor(document) {
    super();
    this.document = document;
    this.present = JSON.stringify(document);
    this.saved = canonical(document);
    this.past = [];
    this.future = [];
    this.typing = { slot: null, at: 0 };
  }

  /** A place in the document. @returns {Slot} */
  slot(holder, key) {
    const made = {
      holder, key,
      get: () => holder[key],
      set: (value) => {
        if (value === undefined) delete holder[key]; else holder[key] = value;
        this.changed(made);
      },
    };
    return made;
  }

  /** The place of one part of a list, wherever in the list it stands. @returns {Slot} */
  item(list, one) {
    let held = one;
    const made = {
      holder: list,
      get key() { return list.indexOf(held); },
      get: () => held,
      set: (value) => { list[list.indexOf(held)] = value; held = value; this.changed(made); },
    };
    return made;
  }

  get root() { return this.slot(this.document, 'where'); }
  get dirty() { return canonical(this.document) !== this.saved; }

  /** Note what changed as one step; fast typing into one control is one step. @param {Slot|null} slot */
  changed(slot = null) {
    const text = JSON.stringify(this.document);
    if (text === this.present) return;
    const now = performance.now();
    const goesOn = slot !== null && this.typing.slot === slot && now - this.typing.at < TYPING_MS;
    if (!goesOn) this.past.push(this.present);
    if (this.past.length > STEPS) this.past.shift();
    this.typing = { slot, at: now };
    this.present = text;
    this.future = [];
    this.tell('changed');
  }

  undo() { this.travel(this.past, this.future); }
  redo() { this.travel(this.future, this.past); }

  travel(from, to) {
    if (!from.length) return;
    to.push(this.present);
    this.present = from.pop();
    this.document = JSON.parse(this.present);
    this.typing.slot = null;
    this.tell('loaded');
  }

  /** Take another document, as one step that can be undone. */
  load(document) {
    if (same(document, this.document)) return;
    this.past.push(this.present);
    this.document = document;
    this.present = JSON.stringify(document);
    this.future = [];
    this.tell('loaded');
  }

  /** What is there now is what is saved. */
  keep(document = this.document) {
    this.saved = canonical(document);
    this.tell('kept');
  }

  tell(kind) { this.dispatchEvent(new Event(kind)); }
}

/** Say whether something is still to be filled in: an empty place, a name not chosen, a group without conditions. */
export function unfinished(value, key = '') {
  if (value === null || value === undefined) return true;
  if (isTyped(value)) return Object.values(value)[0] === '';
  if (Array.isArray(value)) return value.length === 0 || value.some((one) => unfinished(one));
  if (typeof value === 'object') return Object.entries(value).some(([name, one]) => unfinished(one, name));
  return value === '' && NAMES.has(key);
}
const NAMES = new Set(['trait', 'event', 'segment', 'property', 'fact', 'model', 'list', 'consent', 'of', 'by', 'entered']);

/**
 * Return the document with what is finished only, and where each rule of it came from.
 * @param {any} document
 * @returns {{document: any, origins: Map<string, any>, left: any[]}} origins: pointer such as "where/all/1" -> the
 *   rule in the given document; left: unfinished conditions that were left out
 */
export function finished(document) {
  const origins = new Map();
  const left = [];
  const rule = (one, pointer) => {
    for (const kind of ['all', 'any']) {
      if (!Array.isArray(one[kind])) continue;
      const inside = [];
      for (const part of one[kind]) {
        const copy = rule(part, `${pointer}/${kind}/${inside.length}`);
        if (copy !== null) inside.push(copy);
      }
      origins.set(pointer, one);
      return inside.length ? { [kind]: inside } : null;
    }
    if (one.not && typeof one.not === 'object') {
      origins.set(pointer, one);
      const copy = rule(one.not, `${pointer}/not`);
      return copy === null ? null : { not: copy };
    }
    origins.set(pointer, one);
    const copy = { ...one };
    if ('event' in one && one.where && typeof one.where === 'object') {
      // Of the conditions on an event, those that are finished count already.
      copy.where = rule(one.where, `${pointer}/where`);
      if (copy.where === null) delete copy.where;
    }
    if (unfinished(copy)) { left.push(one); return null; }
    return clone(copy);
  };
  const where = rule(document.where, 'where');
  return { document: { ...document, where }, origins, left };
}
