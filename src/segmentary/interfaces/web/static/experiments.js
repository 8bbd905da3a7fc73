// Experiments: the form becomes the arguments of a job; percentages become shares.
import { el } from './api.js';

document.querySelector('form.experiment')?.addEventListener('submit', (event) => {
  event.preventDefault();
  const field = (name) => event.target.elements.namedItem(name);
  const control = Number(field('control').value) / 100;
  const given = {
    name: field('name').value,
    primary: field('primary').value,
    look: field('look').value,
    arms: { treated: 1 - control, control },
    control: 'control',
    segments: [...field('segments').selectedOptions].map((one) => one.value),
  };
  for (const name of ['hypothesis', 'within']) if (field(name).value) given[name] = field(name).value;
  if (field('detect').value) given.detect = Number(field('detect').value) / 100;
  if (field('cost').value) given.cost = Number(field('cost').value);
  const work = el('seg-job', { kind: 'experiment_plan', label: '', arguments: JSON.stringify(given) });
  work.dataset.then = `/experiments/${encodeURIComponent(given.name)}`;
  event.target.querySelector('.progress').replaceChildren(work);
  work.start();
});
