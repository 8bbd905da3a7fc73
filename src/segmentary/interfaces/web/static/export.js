// The export form: asks the API for a file, shows how far it is, then where to fetch it and who was left out.
import { _, ask, complain, el, number } from './api.js';
import './job.js';

document.addEventListener('submit', async (event) => {
  const form = event.target;
  const segment = form.dataset.export;
  if (segment === undefined) return;
  event.preventDefault();
  const place = form.parentElement.querySelector('seg-export');
  const wrong = form.querySelector('.wrong');
  wrong.textContent = '';
  const field = (name) => form.elements.namedItem(name);
  const format = field('format').value;
  const isFile = ['csv', 'xlsx', 'parquet'].includes(format);
  const traits = isFile && field('traits') ? [...field('traits').selectedOptions].map((one) => one.value) : [];
  try {
    const asked = await ask('exports', {
      body: { segment, format, traits, for_contact: field('for_contact').value, purpose: field('purpose').value || 'marketing' },
      once: true,
    });
    const job = el('seg-job', { job: asked.job, label: _('Writing the file') });
    job.addEventListener('ended', ({ detail }) => {
      if (detail.state !== 'done') return;
      const made = detail.result;
      const out = Object.entries(made.left_out ?? {}).map(([why, many]) => `${number(many)} ${why}`);
      place.replaceChildren(
        el('p', { role: 'status' },
          el('a', { class: 'button', href: `/api/v1/exports/${made.export}/file`, download: made.file }, `${_('Download')} ${made.file}`), ' ',
          `${number(made.people)} ${_('people')}`, out.length ? `; ${_('left out')}: ${out.join(', ')}` : ''),
        el('p', { class: 'note' }, `${_('It is kept until')} ${new Date(made.expires_at).toLocaleDateString(document.documentElement.lang)}. ${(made.notes ?? []).join(' ')}`),
      );
    });
    place.replaceChildren(job);
  } catch (problem) { complain(problem, wrong); }
});
