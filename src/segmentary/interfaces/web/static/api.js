// Asking the server: one function, answers as JSON, problems as errors with code, hint and pointer.

export class Problem extends Error {
  /** @param {{title?: string, code?: string, hint?: string, pointer?: string, status?: number}} body */
  constructor(body) {
    super(body.title ?? 'the server did not answer');
    Object.assign(this, { code: body.code ?? 'unknown', hint: body.hint ?? '', pointer: body.pointer ?? '', status: body.status ?? 0, body });
  }
}

const meta = () => document.querySelector('meta[name=csrf]');
const token = () => meta()?.content ?? '';

/** Take over the token of who signed in anew in another tab, so that nothing written here is lost; true: it is another. */
async function renewed() {
  const page = await fetch('/', { credentials: 'same-origin' });
  const found = new DOMParser().parseFromString(await page.text(), 'text/html').querySelector('meta[name=csrf]')?.content;
  if (!found || !meta() || found === token()) return false;
  meta().content = found;
  return true;
}

/**
 * Ask the API.
 * @param {string} address below /api/v1, such as "segments"
 * @param {{method?: string, body?: any, raw?: BodyInit, type?: string, headers?: Record<string,string>, signal?: AbortSignal, once?: boolean}} [wish]
 *   body: sent as JSON; raw, type: sent as it is; once: a write that must happen once however often it is sent
 * @returns {Promise<any>} the answer; its entity tag as `etag` where there is one and the answer is an object
 */
export async function ask(address, wish = {}) {
  const headers = { accept: 'application/json', ...wish.headers };
  const method = wish.method ?? (wish.body === undefined && wish.raw === undefined ? 'GET' : 'POST');
  if (method !== 'GET') headers['x-csrf-token'] = token();
  if (wish.once) headers['idempotency-key'] = crypto.randomUUID();
  let body = wish.raw;
  if (wish.body !== undefined) { body = JSON.stringify(wish.body); headers['content-type'] = 'application/json'; }
  else if (wish.type) headers['content-type'] = wish.type;
  const answer = await fetch(`/api/v1/${address}`, { method, headers, body, signal: wish.signal, credentials: 'same-origin' });
  if (answer.status === 403 && method !== 'GET' && !wish.again && await renewed()) return ask(address, { ...wish, again: true });
  const text = await answer.text();
  let found = null;
  try { found = text ? JSON.parse(text) : null; } catch { found = null; }
  if (!answer.ok) throw new Problem(found ?? { status: answer.status });
  const etag = answer.headers.get('etag');
  if (etag && found && typeof found === 'object') Object.defineProperty(found, 'etag', { value: etag });
  return found;
}

/** Say something to everybody, screen readers included. */
export function say(sentence) {
  const place = document.getElementById('said');
  if (!place) return;
  place.textContent = sentence;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { place.textContent = ''; }, 6000);
}

/** Show a problem where it belongs, or say it. */
export function complain(problem, place = null) {
  if (problem?.name === 'AbortError') return;
  const text = [problem.message, problem.hint].filter(Boolean).join(' – ');
  if (place) place.textContent = text; else say(text);
}

/** Follow a job to its end. @param {string} id @param {(job: any) => void} told */
export async function follow(id, told) {
  for (;;) {
    const job = await ask(`jobs/${encodeURIComponent(id)}`);
    told(job);
    if (['done', 'failed', 'cancelled'].includes(job.state)) return job;
    await new Promise((next) => setTimeout(next, 400));
  }
}

const words = JSON.parse(document.getElementById('words')?.textContent || '{}');
/** The words of a script in the language of the page; the page gives them in <script type="application/json" id="words">. */
export const _ = (word) => words[word] ?? word;
const language = document.documentElement.lang || 'en';
export const number = (value, digits = 0) => (value === null || value === undefined ? '–' : new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value));
export const percent = (value, digits = 1) => (value === null || value === undefined ? '–' : new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: digits }).format(value));

/**
 * Make an element; text is always text.
 * @param {string} name @param {Record<string, any>} [attributes] on* are listeners
 * @param {...(Node|string|null|undefined|Array)} inside
 */
export function el(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key in made && typeof value !== 'string') made[key] = value;
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...inside.flat(Infinity).filter((one) => one !== null && one !== undefined));
  return made;
}
