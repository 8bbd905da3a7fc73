// Asking what a definition would give, while it is being built: after a pause, the newest question only.
import { ask } from './api.js';
import { finished } from './builder-model.js';

const PAUSE_MS = 150;

export class Previews extends EventTarget {
  /** @param {any} model @param {any} opening */
  constructor(model, opening) {
    super();
    this.model = model;
    this.people = opening.may.includes('people');
    this.session = crypto.randomUUID();
    this.turn = 0;
    this.answer = null;
    this.problem = null;
    this.left = [];
    this.origins = new Map();
    this.breakdownBy = '';
    this.open = new Set(['waterfall', 'findings', 'reach', 'value', 'difference']);
  }

  later() {
    clearTimeout(this.timer);
    // What was asked before the change may not be shown as an answer to it.
    this.turn += 1;
    this.asking?.abort();
    this.timer = setTimeout(() => this.now(), PAUSE_MS);
    this.tell('waiting');
  }

  /** Ask at once: first the count, then everything else about the same definition. */
  async now() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const turn = ++this.turn;
    const { document, origins, left } = finished(this.model.document);
    this.left = left;
    if (document.where === null) { this.answer = null; this.problem = null; this.origins = origins; this.tell('empty'); return; }
    this.asking = new AbortController();
    const wish = { signal: this.asking.signal, headers: { 'x-preview-session': this.session } };
    const asked = { ...document, segment: document.segment || 'draft' };
    const against = this.model.name || undefined;
    this.tell('waiting');
    try {
      const count = await ask('segments/preview', { ...wish, body: { document: asked, parts: [] } });
      if (turn !== this.turn) return;
      this.origins = origins; this.problem = null;
      this.answer = { ...count, document };
      this.tell('answer');
    } catch (problem) {
      if (turn !== this.turn || problem.name === 'AbortError' || problem.code === 'superseded') return;
      this.origins = origins;
      this.problem = problem;
      this.tell('wrong');
      return;
    }
    try { await this.details(turn, wish, asked, against); } catch (problem) {
      if (turn !== this.turn || problem.name === 'AbortError' || problem.code === 'superseded') return;
      this.lacking = problem;
      this.tell('lacking');
    }
  }

  async details(turn, wish, asked, against) {
    const parts = [...this.open].filter((part) => (part !== 'difference' || against) && part !== 'breakdown' && part !== 'people');
    if (this.breakdownBy) parts.push('breakdown');
    if (this.people && this.open.has('people')) parts.push('sample');
    this.tell('more');
    const found = await ask('segments/preview', { ...wish, body: { document: asked, against, parts, breakdown_by: this.breakdownBy || undefined } });
    if (turn !== this.turn) return;
    this.answer = { ...this.answer, ...found };
    this.tell('answer');
  }

  tell(kind) { this.dispatchEvent(new Event(kind)); }
}
