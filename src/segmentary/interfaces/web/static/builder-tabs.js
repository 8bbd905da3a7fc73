// Conditions, YAML, Python and SQL of one definition. YAML and Python are read by the server when they change.
import { ask, el, _ } from './api.js';
import { fill } from './builder-combobox.js';
import { choose } from './builder-fields.js';
import { finished } from './builder-model.js';

const TABS = [['conditions', _('Conditions')], ['yaml', 'YAML'], ['python', 'Python'], ['sql', 'SQL']];
const ENGINES = [['duckdb', 'DuckDB'], ['postgres', 'PostgreSQL'], ['spark', 'Spark']];
const PAUSE_MS = 350;

/** @param {any} model @param {any} opening @param {HTMLElement} conditions @param {HTMLElement[]} beside */
export function tabs(model, opening, conditions, beside) {
  let current = 'conditions', given = '', timer = 0, turn = 0, engine = 'duckdb', sql = {};
  const bar = el('div', { class: 'tabs', role: 'tablist', 'aria-label': _('Spellings') });
  const area = el('textarea', { class: 'code', spellcheck: 'false', 'data-k': 'source', 'aria-describedby': 'source-wrong', maxlength: '200000', wrap: 'off' });
  const wrong = el('p', { class: 'wrong', id: 'source-wrong', role: 'alert' });
  const drop = el('button', { type: 'button', class: 'second small', hidden: true, onclick: () => { area.value = given; wrong.textContent = ''; drop.hidden = true; area.removeAttribute('aria-invalid'); unread(false); } }, _('Throw my changes away'));
  const query = el('pre', { tabindex: '0', 'aria-label': 'SQL' });
  const written = el('div', { class: 'source', hidden: true }, area, wrong, drop);
  const compiled = el('div', { class: 'source', hidden: true }, choose(_('engine'), ENGINES, engine, (next) => { engine = next; query.textContent = sql[engine] ?? ''; }, 'engine'), query);
  const views = { conditions, yaml: written, python: written, sql: compiled };
  const body = el('div', { role: 'tabpanel', id: 'builder-view', 'aria-labelledby': 'tab-conditions' }, conditions, written, compiled);
  const document_ = () => { const { document } = finished(model.document); return { ...document, segment: document.segment || 'draft' }; };

  const unread = (yes) => { if (model.unread !== yes) { model.unread = yes; model.tell('unread'); } };
  const complain = (problem) => {
    const { line, column } = problem.body ?? {};
    wrong.textContent = [line ? fill(_('Line {line}, column {column}:'), { line, column: column ?? 1 }) : '', problem.message, problem.hint ? `– ${problem.hint}` : ''].filter(Boolean).join(' ');
    area.setAttribute('aria-invalid', 'true');
    area.dataset.line = line ?? '';
    drop.hidden = false;
  };
  const pointAt = () => {
    const line = Number(area.dataset.line);
    if (!line) return;
    const lines = area.value.split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + (lines[line - 1] ?? '').length);
  };
  /** Read what was typed; say whether it could be read. */
  const read = async () => {
    clearTimeout(timer);
    if (area.value === given) { unread(false); return true; }
    const mine = ++turn, typed = area.value;
    try {
      const found = await ask('definitions/convert', { body: { from: current, to: ['json'], source: typed, name: model.document.segment || 'draft' } });
      if (mine !== turn) return false;
      given = typed; wrong.textContent = ''; drop.hidden = true; area.removeAttribute('aria-invalid');
      const next = found.document;
      if (next.segment === 'draft' && !model.document.segment) next.segment = '';
      if (model.name) next.segment = model.name;
      model.load(next);
      unread(false);
      return true;
    } catch (problem) { if (mine === turn) complain(problem); return false; }
  };
  area.addEventListener('input', () => { unread(area.value !== given); clearTimeout(timer); timer = setTimeout(read, PAUSE_MS); });
  area.addEventListener('keydown', (event) => { if (event.key === 'Escape') bar.querySelector('[aria-selected=true]').focus(); });

  const fetchText = async () => {
    const mine = ++turn;
    unread(false);
    if (current === 'sql') query.textContent = _('Writing …'); else { area.value = ''; area.placeholder = _('Writing …'); }
    wrong.textContent = ''; drop.hidden = true;
    if (finished(model.document).document.where === null) { query.textContent = ''; area.placeholder = _('Add a condition first, or paste a definition.'); given = ''; return; }
    try {
      const found = await ask('definitions/convert', { body: { from: 'json', to: [current], source: document_(), name: document_().segment } });
      if (mine !== turn) return;
      if (current === 'sql') { sql = found.sql; query.textContent = sql[engine] ?? ''; } else { given = found[current]; area.value = given; }
    } catch (problem) { if (mine === turn) { if (current === 'sql') query.textContent = [problem.message, problem.hint].filter(Boolean).join(' – '); else complain(problem); } }
  };
  const show = async (name, focus = true) => {
    if (name === current) return;
    if ((current === 'yaml' || current === 'python') && !(await read())) { pointAt(); return; }
    current = name;
    for (const [key, view] of Object.entries(views)) view.hidden = view !== views[name] || (key !== name && views[key] !== views[name]);
    for (const one of bar.querySelectorAll('[role=tab]')) { const on = one.dataset.tab === name; one.setAttribute('aria-selected', String(on)); one.tabIndex = on ? 0 : -1; if (on && focus) one.focus(); }
    body.setAttribute('aria-labelledby', `tab-${name}`);
    area.setAttribute('aria-label', name === 'python' ? _('The definition in Python') : _('The definition in YAML'));
    if (name !== 'conditions') await fetchText();
  };
  bar.append(...TABS.map(([name, word], i) => el('button', { type: 'button', role: 'tab', id: `tab-${name}`, 'data-tab': name, 'aria-selected': String(i === 0), 'aria-controls': 'builder-view', tabindex: i === 0 ? '0' : '-1', onclick: () => show(name) }, word)));
  bar.addEventListener('keydown', (event) => {
    const at = TABS.findIndex(([name]) => name === event.target.dataset?.tab);
    const to = { ArrowRight: (at + 1) % 4, ArrowLeft: (at + 3) % 4, Home: 0, End: 3 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    show(TABS[to][0]);
  });
  // What else changes the definition (undo, a template) is written anew; what was typed here is not.
  model.addEventListener('loaded', () => { if (current !== 'conditions' && document.activeElement !== area) fetchText(); });
  if (opening.source) show('yaml', false).then(() => { area.value = opening.source; given = ''; wrong.textContent = opening.wrong; unread(true); });
  return el('div', { class: 'definition' }, el('div', { class: 'tab-row' }, bar, el('div', { class: 'beside' }, beside)), body);
}
