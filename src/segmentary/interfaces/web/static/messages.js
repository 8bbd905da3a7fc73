// Writing a message: its document from the fields, lint as it is written, saving.
import { _, ask, complain, el, say } from './api.js';

const form = document.getElementById('editor');
const base = JSON.parse(document.getElementById('document')?.textContent || '{}');

function written() {
  const made = { ...base, message: form.dataset.name || form.elements.namedItem('message')?.value.trim() || 'unnamed' };
  for (const part of ['subject', 'preheader', 'text', 'html']) delete made[part];
  made.variants = [...form.querySelectorAll('[data-variant]')].map((one) => {
    const variant = { variant: one.dataset.variant };
    for (const field of one.querySelectorAll('[data-part]')) if (field.value.trim()) variant[field.dataset.part] = field.value;
    return variant;
  });
  return made;
}

let waiting = 0, asked = null;
function lint() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    asked?.abort();
    asked = new AbortController();
    const place = document.querySelector('[data-findings]'), made = written();
    try {
      const found = await ask(`messages/${encodeURIComponent(made.message)}/lint`, { body: made, signal: asked.signal });
      place.replaceChildren(...(found.findings.length ? found.findings.map((one) => el('li', { class: one.level }, el('strong', {}, _(one.level)), one.message, one.hint ? el('small', {}, one.hint) : null)) : [el('li', {}, _('No findings.'))]));
      const seen = [...new Map(found.variables.map((one) => [one.variable, one])).values()];
      document.querySelector('[data-variables]').replaceChildren(...seen.map((one) => el('li', { class: 'badge' }, one.variable, ' ', el('small', {}, one.type))));
    } catch (problem) {
      if (problem.name !== 'AbortError') place.replaceChildren(el('li', { class: 'refusal' }, el('strong', {}, _('refusal')), problem.message, problem.hint ? el('small', {}, problem.hint) : null));
    }
  }, 400);
}

form?.addEventListener('input', lint);
form?.addEventListener('click', (event) => {
  if (!event.target.closest('[data-add-variant]')) return;
  const name = (prompt(_('Name of the variant')) ?? '').trim();
  if (!/^[a-z][a-z0-9_]*$/.test(name) || form.querySelector(`[data-variant="${name}"]`)) return;
  const last = [...form.querySelectorAll('[data-variant]')].at(-1), made = last.cloneNode(true);
  made.dataset.variant = name;
  made.querySelector('legend').textContent = name;
  for (const field of made.querySelectorAll('[data-part]')) {
    made.querySelector(`label[for="${field.id}"]`).htmlFor = `${name}-${field.dataset.part}`;
    field.id = `${name}-${field.dataset.part}`;
  }
  last.after(made);
  made.querySelector('[data-part]').focus();
});
form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const made = written(), wrong = form.querySelector('.wrong');
  wrong.textContent = '';
  try {
    const headers = form.dataset.etag ? { 'if-match': `"${form.dataset.etag}"` } : { 'if-none-match': '*' };
    await ask(`messages/${encodeURIComponent(made.message)}`, { method: 'PUT', body: made, headers });
    say(_('Saved.'));
    location.assign(`/messages/${encodeURIComponent(made.message)}`);
  } catch (problem) { complain(problem, wrong); }
});
