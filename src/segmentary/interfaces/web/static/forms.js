// Forms that ask the API without code of their own:
//   <form data-api="segments/vip" data-method="PUT" data-then="/segments/vip">
// Fields become a JSON object: data-as="number|boolean|list|json" on a field says what it holds, else text; empty
// fields are left out. data-then: where to go (":reload" stays); {name} in it is taken from the answer. What went wrong
// stands in the element with class "wrong" inside the form. data-confirm on the form or button asks first.
import { ask, complain, say } from './api.js';

const value = (field) => {
  const text = field.type === 'checkbox' ? field.checked : field.value;
  switch (field.dataset.as) {
    case 'number': return Number(text);
    case 'boolean': return text === true || text === 'true';
    case 'list': return String(text).split(/[\n,]/).map((one) => one.trim()).filter(Boolean);
    case 'json': return JSON.parse(text);
    default: return text;
  }
};

export function body(form) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.name === 'csrf') continue;
    if (field.type === 'radio' && !field.checked) continue;
    if (field.type !== 'checkbox' && field.value === '') continue;
    if (field.multiple) { found[field.name] = [...field.selectedOptions].map((one) => one.value); continue; }
    found[field.name] = value(field);
  }
  return found;
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  const address = event.submitter?.dataset.api ?? form.dataset.api;
  if (address === undefined) return;
  event.preventDefault();
  // A second click while the first is on its way is the same wish.
  if (form.getAttribute('aria-busy') === 'true') return;
  const sure = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (sure && !confirm(sure)) return;
  const method = event.submitter?.dataset.method ?? form.dataset.method ?? 'POST';
  const wrong = form.querySelector('.wrong');
  if (wrong) wrong.textContent = '';
  form.setAttribute('aria-busy', 'true');
  let leaving = false;
  try {
    const answer = await ask(address, { method, body: method === 'DELETE' ? undefined : body(form), once: method === 'POST' });
    form.dispatchEvent(new CustomEvent('answered', { bubbles: true, detail: answer }));
    const then = event.submitter?.dataset.then ?? form.dataset.then;
    leaving = Boolean(then);
    if (then === ':reload') location.reload();
    else if (then) location.assign(then.replace(/\{(\w+)\}/g, (_, key) => encodeURIComponent(answer?.[key] ?? '')));
    else if (form.dataset.said) say(form.dataset.said);
  } catch (problem) {
    complain(problem, wrong);
    const pointer = (problem.pointer ?? '').split('/').pop();
    if (pointer) form.elements.namedItem(pointer)?.focus?.();
  } finally {
    if (!leaving) form.removeAttribute('aria-busy');
  }
});
addEventListener('pageshow', (event) => {
  // Back again by the browser's own memory of the page.
  if (event.persisted) document.querySelectorAll('form[aria-busy]').forEach((one) => one.removeAttribute('aria-busy'));
});
