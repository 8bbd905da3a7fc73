// Composing a campaign: its document from the form, counts and power as it is changed, saving, sending what was looked at.
import { _, ask, complain, el, number, percent, say } from './api.js';

const given = (id) => JSON.parse(document.getElementById(id)?.textContent || 'null');
const form = document.getElementById('composer');
const base = given('document') ?? {};
const variants = given('variants') ?? {};
const REASONS = {
  excluded: 'In a segment that is left out', deleted: 'Deleted at the source', no_address: 'No address known',
  invalid_address: 'Address cannot be written to', suppressed: 'Suppressed: bounced, complained or by hand', refused: 'Said no',
  no_consent: 'No consent', same_address: 'Same address as somebody before', capped: 'Written to as often as allowed',
  in_journey: 'In a journey that does not share', global_holdout: 'Get no campaign at all (global holdout)', holdout: 'Held out, to measure the effect',
};

/** The document the form says; what it does not speak of stays. */
function written() {
  const field = (name) => form.elements.namedItem(name)?.value.trim() ?? '';
  const made = { ...base };
  const name = form.dataset.name || field('campaign');
  if (name) made.campaign = name;
  made.channel = field('channel');
  made.purpose = field('purpose');
  made.targets = [...form.querySelectorAll('[data-targets] > li')].map((row) => {
    const segment = row.querySelector('[name=segment]').value;
    const variant = row.querySelector('[name=variant]').value;
    return variant ? { segment, variant } : { segment };
  }).filter((one) => one.segment);
  made.exclude = [...form.querySelectorAll('[name=exclude]:checked')].map((one) => one.value);
  made.holdout = `${field('holdout')}%`;
  for (const key of ['message', 'offers', 'from', 'until', 'metric']) { if (field(key)) made[key] = field(key); else delete made[key]; }
  if (!made.exclude.length) delete made.exclude;
  const cost = field('unit_cost').replace(',', '.');
  if (cost) made.unit_cost = { number: cost }; else delete made.unit_cost;
  return made;
}

/** Draw whom it would reach. */
function draw(check) {
  const panel = document.getElementById('reach');
  const falls = check.falls, members = falls[0]?.people ?? 0, rest = falls.at(-1)?.rest ?? 0;
  const line = (kind, words, many, start, width) => {
    const item = el('li', { class: kind }, el('span', { class: 'what' }, words), el('span', { class: 'many' }, many));
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    for (const [key, value] of Object.entries({ viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' })) svg.setAttribute(key, value);
    for (const [cls, x, w] of [['ground', 0, 100], ['', start, width]]) {
      const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      if (cls) bar.setAttribute('class', cls);
      bar.setAttribute('x', String(x)); bar.setAttribute('width', String(w)); bar.setAttribute('height', '6');
      svg.append(bar);
    }
    item.append(svg);
    return item;
  };
  const of = (n) => (members ? (n / members) * 100 : 0);
  const list = el('ol', { class: 'falls' }, line('all', _('Members of the segments'), number(members), 0, members ? 100 : 0),
    falls.slice(1).map((one) => line('fall', REASONS[one.reason] ? _(REASONS[one.reason]) : one.words, `−${number(one.people)}`, of(one.rest), of(one.people))),
    line('rest', _('Get the message'), number(rest), 0, of(rest)));
  const heading = panel.querySelector('h2');
  panel.replaceChildren(heading, el('p', { class: 'huge' }, el('b', {}, number(rest)), ` ${_('people would get it')}`), list,
    el('h3', {}, _('Can the effect be seen?')), el('ul', { class: 'said-list' }, check.power.map((one) => el('li', {}, one))),
    el('ul', { class: 'said-list note' }, check.notes.map((one) => el('li', {}, one))), el('p', { class: 'wrong', 'data-wrong': '' }));
  form.querySelector('[data-many]').textContent = `${number(rest)} ${_('people would get it')}`;
  const sentence = form.querySelector('[data-sentence]');
  sentence.textContent = check.power[0] ?? '';
  sentence.className = `answer ${/you can see/.test(check.power[0] ?? '') ? 'good' : 'mixed'}`;
}

let waiting = 0, asked = null;
/** Count anew, a moment after the last change; older answers are dropped. */
function recount() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const made = written();
    if (!made.targets.length) return;
    asked?.abort();
    asked = new AbortController();
    const panel = document.getElementById('reach');
    panel.setAttribute('aria-busy', 'true');
    const signal = asked.signal;
    try {
      draw(await ask(`campaigns/${encodeURIComponent(made.campaign || 'unnamed')}/check?reach=own`, { body: { ...made, campaign: made.campaign || 'unnamed' }, signal }));
    } catch (problem) { complain(problem, panel.querySelector('[data-wrong]')); }
    if (!signal.aborted) panel.removeAttribute('aria-busy');
  }, 350);
}

function renewVariants() {
  const names = variants[form.elements.namedItem('message').value] ?? [];
  for (const select of form.querySelectorAll('[name=variant]')) {
    const chosen = select.value;
    select.replaceChildren(select.options[0], ...names.map((one) => el('option', { value: one }, one)));
    select.value = names.includes(chosen) ? chosen : '';
  }
}

if (form) {
  form.addEventListener('input', (event) => {
    if (event.target.name === 'holdout') form.querySelector('[data-holdout]').textContent = percent(event.target.value / 100, 0);
    if (event.target.name === 'message') renewVariants();
    recount();
  });
  form.addEventListener('click', (event) => {
    const list = form.querySelector('[data-targets]');
    if (event.target.closest('[data-add]')) {
      const row = list.lastElementChild.cloneNode(true);
      row.querySelectorAll('select').forEach((one) => { one.value = ''; });
      list.append(row);
      row.querySelector('select').focus();
    }
    const gone = event.target.closest('[data-remove]');
    if (gone) {
      const row = gone.closest('li');
      if (list.children.length > 1) row.remove(); else row.querySelectorAll('select').forEach((one) => { one.value = ''; });
      list.lastElementChild.querySelector('select').focus();
      recount();
    }
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const made = written(), wrong = form.querySelector('.save .wrong');
    wrong.textContent = '';
    form.setAttribute('aria-busy', 'true');
    try {
      const headers = form.dataset.etag ? { 'if-match': `"${form.dataset.etag}"` } : { 'if-none-match': '*' };
      await ask(`campaigns/${encodeURIComponent(made.campaign)}`, { method: 'PUT', body: made, headers });
      say(_('Saved.'));
      location.assign(`/campaigns/${encodeURIComponent(made.campaign)}`);
    } catch (problem) { complain(problem, wrong); } finally { form.removeAttribute('aria-busy'); }
  });
}

// What is sent is the audience that was looked at: its tag and its number of people go with the wish.
document.addEventListener('submit', async (event) => {
  const sending = event.target.closest?.('[data-send]');
  if (!sending) return;
  event.preventDefault();
  const button = sending.querySelector('button'), wrong = sending.querySelector('.wrong');
  button.disabled = true;
  wrong.textContent = '';
  try {
    const job = await ask(`audiences/${encodeURIComponent(sending.dataset.send)}/send`, { body: { confirm: Number(sending.dataset.people) }, headers: { 'if-match': `"${sending.dataset.tag}"` }, once: true });
    sending.replaceChildren(el('seg-job', { job: job.job, 'data-then': ':reload' }));
  } catch (problem) { complain(problem, wrong); button.disabled = false; }
});
document.addEventListener('ended', (event) => {
  const place = document.querySelector('[data-preflighted]');
  if (!event.target.matches?.('[data-preflight]') || !place || event.detail.state !== 'done') return;
  const told = event.detail.result;
  const lines = [`${number(told.would_send)} · ${_('Get the message')}`, ...Object.entries(told.withheld).map(([reason, n]) => `${number(n)} · ${_(REASONS[reason] ?? reason)}`), ...told.doubts];
  place.replaceChildren(el('ul', { class: 'said-list' }, lines.map((one) => el('li', {}, one))));
});

// Documents as YAML.
document.addEventListener('submit', async (event) => {
  const yaml = event.target.closest?.('[data-yaml]');
  if (!yaml) return;
  event.preventDefault();
  const wrong = yaml.querySelector('.wrong'), name = yaml.elements.namedItem('name')?.value;
  wrong.textContent = '';
  try {
    const headers = yaml.dataset.etag ? { 'if-match': `"${yaml.dataset.etag}"` } : { 'if-none-match': '*' };
    const address = name ? yaml.dataset.yaml + encodeURIComponent(name) : yaml.dataset.yaml;
    await ask(address, { method: 'PUT', raw: yaml.elements.namedItem('yaml').value, type: 'application/yaml', headers });
    say(_('Saved.'));
    location.assign(name ? yaml.dataset.then.replace(/\/$/, '') + '/' + encodeURIComponent(name) : yaml.dataset.then);
  } catch (problem) { complain(problem, wrong); }
});
document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-retire]');
  if (!button || !confirm(button.dataset.sure)) return;
  try { await ask(button.dataset.retire, { method: 'DELETE' }); location.assign(button.dataset.back); } catch (problem) { complain(problem, button.closest('form')?.querySelector('.wrong')); }
});

// Verdicts are read after the page is there.
for (const link of document.querySelectorAll('[data-verdict]')) {
  ask(`campaigns/${encodeURIComponent(link.dataset.verdict)}/result`).then((found) => {
    const tone = { worked: 'good', 'did harm': 'caution', 'no verdict': '' }[found.word] ?? 'mixed';
    link.after(' ', el('span', { class: `badge ${tone}` }, found.word === 'no verdict' && found.peeking ? _('not before its day') : found.word));
  }).catch(() => {});
}
