// Forms that start work: <form data-job="discover" data-then="/discover/{name}" data-label="...">. Progress, what came of
// it, and the answer "cannot say" stand in the form's [data-outcome]. data-refresh: an address that shows the same form;
// its #plan is fetched anew when a choice changes. data-find: a search box that shows what fits only.
import { complain, el } from './api.js';

/** The fields of a form as arguments: same names become lists, empty ones are left out. */
function collected(form) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled) continue;
    if (field.type === 'checkbox') {
      if (field.dataset.as === 'boolean') { if (field.checked) found[field.name] = true; continue; }
      if (field.checked) (found[field.name] ??= []).push(field.value);
      continue;
    }
    if (field.type === 'radio' && !field.checked) continue;
    if (field.multiple) { const all = [...field.selectedOptions].map((one) => one.value); if (all.length) found[field.name] = all; continue; }
    if (field.value.trim() === '') continue;
    found[field.name] = field.dataset.as === 'number' ? Number(field.value) : field.value;
  }
  return found;
}

/** Say what came of work that made nothing to go to. */
function tell(place, job) {
  const problem = job.state === 'failed' ? job.problem ?? {} : null;
  if (problem) {
    const known = problem.code === 'no_answer';
    place.replaceChildren(el('div', { class: `answer ${known ? 'caution' : 'bad'}`, role: 'status' },
      el('p', { class: 'word' }, problem.title ?? ''), problem.hint ? el('p', {}, problem.hint) : null));
  } else if (job.result?.sentence) {
    place.replaceChildren(el('div', { class: 'answer mixed', role: 'status' }, el('p', {}, job.result.sentence),
      ...(job.result.new_groups ?? []).map((one) => el('p', {}, one.sentence)),
      ...(job.result.findings ?? []).map((one) => el('p', { class: 'note' }, one.message))));
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target.closest('form[data-job]');
  if (!form) return;
  event.preventDefault();
  const place = form.querySelector('[data-outcome]');
  const button = form.querySelector('button[type=submit]');
  const job = el('seg-job', { kind: form.dataset.job, label: form.dataset.label ?? '', 'data-then': form.dataset.then });
  place.replaceChildren(job);
  place.scrollIntoView({ block: 'nearest' });
  button.disabled = true;
  job.addEventListener('ended', () => { button.disabled = false; });
  job.start(collected(form)).catch(complain).finally(() => { button.disabled = false; });
});

document.addEventListener('ended', (event) => {
  const place = event.target.closest('form, section')?.querySelector('[data-outcome]');
  const job = event.detail;
  if (!place || !job || job.state === 'cancelled') return;
  // The element says what failed in red; a reasoned "cannot say" is an answer and stands as one.
  if (job.state === 'failed' || (job.result?.sentence && !event.target.dataset.then)) setTimeout(() => tell(place, job));
});

// ------------------------------------------------------------ what it will take, while one chooses

let asked = null;
async function refresh(form) {
  asked?.abort();
  asked = new AbortController();
  const wish = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value && ['by', 'survey', 'within', 'segments', 'methods', 'repetitions'].includes(name)) wish.append(name, value);
  if (!wish.has('by')) wish.append('by', '');
  try {
    const answer = await fetch(`${form.dataset.refresh}?${wish}`, { signal: asked.signal, credentials: 'same-origin' });
    if (!answer.ok) return;
    const made = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('plan');
    if (made) document.getElementById('plan').replaceChildren(...made.childNodes);
  } catch (problem) { complain(problem); }
}
let waiting = 0;
document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-refresh]');
  if (!form || event.target.type === 'search') return;
  clearTimeout(waiting);
  waiting = setTimeout(() => refresh(form), 250);
});

// ------------------------------------------------------------ finding among many

document.addEventListener('input', (event) => {
  const wanted = event.target.dataset?.find;
  if (!wanted) return;
  const parts = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of document.querySelectorAll(wanted)) {
    const text = (one.dataset.text ?? one.textContent).toLowerCase();
    one.hidden = !parts.every((part) => text.includes(part));
  }
  for (const group of document.querySelectorAll('fieldset.variables')) group.hidden = parts.length > 0 && !group.querySelector(`${wanted}:not([hidden])`);
});
