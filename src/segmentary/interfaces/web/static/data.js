// The place to drop files on, and the table of columns. Files are sent as they are; the server looks at each, and
// nothing is loaded before somebody has said so.
import { _, ask, complain, el, percent } from './api.js';

const csrf = () => document.querySelector('meta[name=csrf]')?.content ?? '';
const words = (text, values) => text.replace(/%\((\w+)\)s/g, (all, key) => values[key] ?? all);

/** Send one file and tell how far it is; XMLHttpRequest, because fetch does not tell. */
function send(file, told) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/uploads?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-csrf-token', csrf());
    request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) told(event.loaded / event.total); });
    request.addEventListener('error', () => failed(new Error(_('The server could not be reached.'))));
    request.addEventListener('load', () => {
      let found = {};
      try { found = JSON.parse(request.responseText); } catch { /* told below */ }
      if (request.status === 201) done(found);
      else failed(Object.assign(new Error(found.title ?? _('The server could not be reached.')), { hint: found.hint }));
    });
    request.send(file);
  });
}

class Drop extends HTMLElement {
  connectedCallback() {
    this.classList.add('live');
    this.list = this.querySelector('.files');
    this.querySelector('input').addEventListener('change', (event) => this.take([...event.target.files]));
    for (const name of ['dragenter', 'dragover']) this.addEventListener(name, (event) => { event.preventDefault(); this.classList.add('over'); });
    for (const name of ['dragleave', 'drop']) this.addEventListener(name, () => this.classList.remove('over'));
    this.addEventListener('drop', (event) => { event.preventDefault(); this.take([...event.dataTransfer.files]); });
  }

  async take(files) {
    const found = [];
    for (const file of files) found.push(await this.one(file));
    const good = found.filter(Boolean);
    if (good.length && good.length === files.length) location.assign(good.length === 1 ? `/data/uploads/${good[0]}` : '/data');
  }

  async one(file) {
    const bar = el('progress', { max: 1, 'aria-label': file.name });
    const step = el('small', { role: 'status' }, words(_('Sending %(name)s'), { name: file.name }));
    const line = el('li', {}, step, bar);
    this.list.append(line);
    let upload = '';
    try {
      if (file.size > Number(this.dataset.most)) throw new Error(_('This file is larger than the server takes.'));
      const sent = await send(file, (share) => { bar.value = share; step.textContent = `${words(_('Sending %(name)s'), { name: file.name })} · ${percent(share, 0)}`; });
      upload = sent.upload;
      bar.removeAttribute('value');
      step.textContent = words(_('Looking at %(name)s'), { name: file.name });
      await ask(`uploads/${upload}/proposal`, { method: 'POST' });
      bar.remove();
      return upload;
    } catch (problem) {
      // What cannot be read is not kept.
      if (upload) ask(`uploads/${upload}`, { method: 'DELETE' }).catch(() => {});
      line.replaceChildren(el('strong', {}, file.name), el('p', { class: 'wrong', role: 'alert' }, [problem.message, problem.hint].filter(Boolean).join(' – ')));
      return '';
    }
  }
}
customElements.define('seg-drop', Drop);

const given = JSON.parse(document.getElementById('given')?.textContent || '{}');

/** What a person said in the form: fields, and of the columns only what was changed. */
function corrections(form) {
  const found = {};
  for (const field of form.elements) if (field.name && field.value) found[field.name] = field.value.trim();
  const kind = form.elements.namedItem('kind');
  const other = kind && kind.value !== kind.dataset.was;
  if (kind && !other && !given.kind) delete found.kind;
  const columns = other ? {} : { ...given.columns };
  if (!other) {
    const chosen = [...form.querySelectorAll('select[data-column]')];
    const changed = chosen.filter((one) => one.value !== one.dataset.was);
    for (const one of changed) if (one.dataset.was) columns[one.dataset.was] = '';
    for (const one of changed) if (one.value) columns[one.value] = one.dataset.column;
  }
  if (Object.keys(columns).length) found.columns = columns;
  return found;
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!form.dataset.mapping) return;
  event.preventDefault();
  const wrong = form.querySelector('.wrong');
  wrong.textContent = '';
  form.setAttribute('aria-busy', 'true');
  try {
    await ask(`uploads/${form.dataset.mapping}/mapping`, { body: corrections(form) });
    location.reload();
  } catch (problem) { complain(problem, wrong); } finally { form.removeAttribute('aria-busy'); }
});
