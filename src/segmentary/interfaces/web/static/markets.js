// Markets: a plan is kept as the text it is.
import { ask, complain } from './api.js';

document.querySelector('form.plan')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const text = form.elements.namedItem('text').value;
  const name = form.dataset.market || (/^market:\s*([\w-]+)/m.exec(text)?.[1] ?? '');
  const wrong = form.querySelector('.wrong');
  wrong.textContent = '';
  try {
    await ask(`markets/${encodeURIComponent(name || '-')}`, { method: 'PUT', body: { text } });
    location.assign(`/markets/${encodeURIComponent(name)}`);
  } catch (problem) { complain(problem, wrong); }
});
