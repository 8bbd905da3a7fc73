// What is not saved yet, in words; saving, saving under another name; what to do when somebody else saved meanwhile.
import { ask, complain, el, number, say, _ } from './api.js';
import { fill } from './builder-combobox.js';
import { canonical, clone, finished } from './builder-model.js';

/** What differs between two definitions, in a few words. */
export function differences(before, after) {
  const said = [];
  for (const [key, word] of [['title', _('title')], ['purpose', _('purpose')], ['base', _('base')], ['entity', _('whom it is about')], ['tags', _('tags')], ['history', _('past to compute')], ['timezone', _('time zone')]]) {
    if (canonical(before[key] ?? null) !== canonical(after[key] ?? null)) said.push(word);
  }
  const parts = (rule, found = []) => {
    const list = [rule?.all, rule?.any].find(Array.isArray) ?? [rule?.not?.any, rule?.not?.all].find(Array.isArray) ?? null;
    if (list) for (const one of list) parts(one, found); else if (rule) found.push(canonical(rule));
    return found;
  };
  const old = parts(before.where), fresh = parts(after.where);
  // One that stands there twice and stood there once was added.
  const beyond = (some, others) => { const left = [...others]; return some.filter((one) => { const at = left.indexOf(one); if (at < 0) return true; left.splice(at, 1); return false; }).length; };
  const added = beyond(fresh, old), gone = beyond(old, fresh);
  const changed = Math.min(added, gone);
  if (changed) said.push(fill(changed === 1 ? _('one condition changed') : _('{n} conditions changed'), { n: changed }));
  if (added > changed) said.push(fill(added - changed === 1 ? _('one condition added') : _('{n} conditions added'), { n: added - changed }));
  if (gone > changed) said.push(fill(gone - changed === 1 ? _('one condition removed') : _('{n} conditions removed'), { n: gone - changed }));
  if (!added && !gone && canonical(before.where) !== canonical(after.where)) said.push(_('order or groups changed'));
  return said;
}

export function keeping(model, previews) {
  let before = clone(model.document), busy = false;
  const people = el('strong', { class: 'keep-count' });
  const told = el('p', { class: 'unsaved', role: 'status' });
  const wrong = el('p', { class: 'wrong', role: 'alert' });
  const save = el('button', { type: 'button', onclick: () => keep(model.document.segment) }, _('Save'));
  const another = el('button', { type: 'button', class: 'second', onclick: () => { field.value = model.document.segment ? `${model.document.segment}_2` : ''; problem.textContent = ''; dialog.showModal(); field.select(); } }, _('Save as …'));
  const back = el('button', { type: 'button', class: 'plain', onclick: () => model.load(clone(before)) }, _('Discard'));
  const field = el('input', { 'aria-label': _('Name of the new segment'), maxlength: '120', size: '28' });
  const problem = el('p', { class: 'wrong', role: 'alert' });
  const dialog = el('dialog', { 'aria-labelledby': 'save-as' }, el('form', { method: 'dialog', onsubmit: async (event) => { event.preventDefault(); if (await keep(field.value.trim(), problem)) dialog.close(); } },
    el('h2', { id: 'save-as' }, _('Save as another segment')), el('p', {}, field), problem,
    el('div', { class: 'row' }, el('button', { type: 'submit' }, _('Save')), el('button', { type: 'button', class: 'second', 'data-close': '' }, _('Cancel')))));
  const clash = el('dialog', { 'aria-labelledby': 'clash' });
  const box = el('div', { class: 'keep', role: 'region', 'aria-label': _('Saving') }, people, told, wrong, el('div', { class: 'row' }, back, another, save), dialog, clash);

  const show = () => {
    const dirty = model.dirty;
    const said = differences(before, model.document);
    people.textContent = previews.answer ? fill(_('{n} people'), { n: number(previews.answer.people) }) : '';
    const moved = previews.answer?.difference;
    const moves = moved && (moved.entered || moved.left) ? ` (+${number(moved.entered)} / −${number(moved.left)} ${_('people')})` : '';
    told.textContent = model.unread ? _('What was typed is not read yet.') : !dirty ? (model.name ? _('All changes are saved.') : _('Not saved yet.')) : model.name ? `${_('Not saved:')} ${said.join(', ')}${moves}` : _('Not saved yet.');
    box.classList.toggle('dirty', dirty || model.unread === true);
    back.hidden = !dirty;
    save.disabled = busy || model.unread === true || (!dirty && Boolean(model.name)) || previews.problem !== null;
  };
  for (const kind of ['changed', 'loaded', 'kept', 'unread']) model.addEventListener(kind, show);
  for (const kind of ['answer', 'wrong', 'empty']) previews.addEventListener(kind, show);
  addEventListener('beforeunload', (event) => { if ((model.dirty || model.unread) && !busy) event.preventDefault(); });

  async function keep(name, place = wrong) {
    place.textContent = ''; wrong.textContent = '';
    const { document: whole, left } = finished(model.document);
    if (!name) { place.textContent = _('Give the segment a name first.'); document.querySelector('[data-k=name]')?.focus(); return false; }
    if (whole.where === null || left.length) { place.textContent = left.length ? _('Fill in or remove the conditions that are not finished.') : _('Add at least one condition.'); return false; }
    const own = name === model.name;
    busy = true; show();
    try {
      const answer = await ask(`segments/${encodeURIComponent(name)}`, { method: 'PUT', body: { document: { ...whole, segment: name } }, headers: own ? { 'if-match': `"${model.etag.replaceAll('"', '')}"` } : { 'if-none-match': '*' } });
      model.document.segment = name;
      model.present = JSON.stringify(model.document);
      before = clone(model.document);
      model.name = name; model.etag = answer.etag ?? '';
      model.keep(); model.tell('named');
      const heading = document.querySelector('h1');
      if (heading) heading.textContent = model.document.title || name;
      history.replaceState(null, '', `/segments/${encodeURIComponent(name)}/edit`);
      say(fill(_('{name} is saved. The next run computes it.'), { name }));
      previews.now();
      return true;
    } catch (failure) {
      if (failure.status === 412 && own) await collided(name);
      else complain(failure.status === 412 ? Object.assign(failure, { message: _('There is a segment of this name already.'), hint: _('Choose another name.') }) : failure, place);
      return false;
    } finally { busy = false; show(); }
  }

  /** Somebody saved it since it was opened: what changed there, and what can be done. */
  async function collided(name) {
    const theirs = await ask(`segments/${encodeURIComponent(name)}`);
    const said = differences(before, theirs.document);
    clash.replaceChildren(el('h2', { id: 'clash' }, _('Somebody saved this segment meanwhile')),
      el('p', {}, said.length ? `${_('Changed there:')} ${said.join(', ')}.` : _('It was saved again as it was.')), el('pre', { tabindex: '0', 'aria-label': _('What is saved now') }, theirs.yaml),
      el('div', { class: 'row' },
        el('button', { type: 'button', onclick: () => { model.etag = theirs.etag ?? ''; before = clone(theirs.document); model.load(clone(theirs.document)); model.keep(); clash.close(); } }, _('Take theirs')),
        el('button', { type: 'button', class: 'danger', onclick: () => { model.etag = theirs.etag ?? ''; clash.close(); keep(name); } }, _('Save mine over it')),
        el('button', { type: 'button', class: 'second', 'data-close': '' }, _('Look again'))));
    clash.showModal();
  }
  show();
  return box;
}
