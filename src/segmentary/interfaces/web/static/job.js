// <seg-job kind="run" arguments='{}' label="Run now">: a button that starts work, shows how far it is, and can stop it.
// data-begin: it begins by itself.
// <seg-job job="ID">: work that is under way. data-then: where to go when it is done (":reload" stays).
import { _, ask, complain, el, follow, percent } from './api.js';

class Job extends HTMLElement {
  connectedCallback() {
    if (this.drawn) return;
    this.drawn = true;
    const running = this.getAttribute('job');
    if (running) this.watch(running);
    else if ('begin' in this.dataset) this.start();
    else this.replaceChildren(el('button', { type: 'button', class: this.getAttribute('tone') ?? '', onclick: () => this.start() }, this.getAttribute('label')));
  }

  async start(more = {}) {
    // A second click while the first is on its way is the same wish.
    if (this.starting) return;
    this.starting = true;
    const given = { ...JSON.parse(this.getAttribute('arguments') || '{}'), ...more };
    try {
      const job = await ask('jobs', { body: { kind: this.getAttribute('kind'), arguments: given }, once: true });
      await this.watch(job.job);
    } catch (problem) { complain(problem); } finally { this.starting = false; }
  }

  async watch(id) {
    const bar = el('progress', { max: 1, 'aria-label': this.getAttribute('label') ?? _('Progress') });
    const step = el('small', { role: 'status' });
    const stop = el('button', { type: 'button', class: 'plain', onclick: () => ask(`jobs/${id}/cancel`, { method: 'POST' }).catch(complain) }, _('Stop'));
    this.replaceChildren(el('div', { class: 'working' }, bar, step, stop));
    try {
      const job = await follow(id, (now) => {
        if (now.done_share > 0) bar.value = now.done_share;
        step.textContent = [now.state === 'waiting' ? _('Waiting') : now.step, now.done_share > 0 ? percent(now.done_share, 0) : ''].filter(Boolean).join(' · ');
      });
      this.dispatchEvent(new CustomEvent('ended', { bubbles: true, detail: job }));
      if (job.state === 'failed') { this.replaceChildren(el('p', { class: 'wrong' }, [job.problem?.title, job.problem?.hint].filter(Boolean).join(' – '))); return; }
      if (job.state === 'cancelled') { this.replaceChildren(el('p', {}, _('Stopped; nothing was changed.'))); return; }
      const then = this.dataset.then;
      if (then === ':reload') location.reload();
      else if (then) location.assign(then.replace(/\{(\w+)\}/g, (all, key) => encodeURIComponent(job.result?.[key] ?? '')));
      else this.replaceChildren(el('p', { role: 'status' }, _('Done.')));
    } catch (problem) { complain(problem); }
  }
}
customElements.define('seg-job', Job);
