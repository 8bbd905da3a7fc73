// What the server says of single conditions, beside them: how many people each removes, what is doubtful, what is wrong.
import { el, number, _ } from './api.js';
import { fill } from './builder-combobox.js';

const LONG = 150;

/** @param {HTMLElement} place where the conditions stand @param {any} model @param {any} previews */
export function notes(place, model, previews) {
  const boxes = () => {
    const found = new Map();
    for (const box of place.querySelectorAll('.condition,.group')) for (const rule of box.rules ?? []) if (!found.has(rule)) found.set(rule, box);
    return found;
  };
  /** The drawn rule nearest to a pointer such as /where/all/1/count. */
  const at = (pointer, drawn) => {
    let path = String(pointer ?? '').replace(/^\//, '').replace(/^document\//, '');
    while (path) {
      const found = drawn.get(previews.origins.get(path));
      if (found) return found;
      path = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    }
    return null;
  };
  const clear = () => {
    for (const old of place.querySelectorAll('.effect,.findings')) { old.hidden = true; old.replaceChildren(); }
    for (const old of place.querySelectorAll('.faulty')) old.classList.remove('faulty');
  };
  const remark = (box, severity, message, hint) => {
    const list = box?.querySelector(':scope > .findings');
    if (!list) return false;
    list.hidden = false;
    const whole = [message, hint ? el('span', { class: 'hint' }, ` – ${hint}`) : null];
    list.append(el('li', { class: severity }, message.length < LONG ? whole
      : el('details', {}, el('summary', {}, `${message.slice(0, message.lastIndexOf(' ', LONG - 40))} …`), whole)));
    return true;
  };
  const effects = (steps, drawn) => {
    for (const step of steps ?? []) {
      const effect = at(step.pointer, drawn)?.querySelector(':scope > .effect');
      if (effect) {
        effect.hidden = false;
        effect.textContent = step.removed >= 0
          ? fill(_('removes {n} – {left} left'), { n: number(step.removed), left: number(step.remaining) })
          : fill(_('adds {n} – {left} so far'), { n: number(-step.removed), left: number(step.remaining) });
        effect.title = fill(_('{n} people fulfil it by itself; without it there would be {m}'), { n: number(step.alone), m: number(step.without) });
      }
      effects(step.parts, drawn);
    }
  };
  previews.addEventListener('answer', () => {
    const { answer } = previews;
    if (!answer.waterfall && !answer.findings) { for (const old of place.querySelectorAll('.findings .error')) old.remove(); return; }
    clear();
    const drawn = boxes();
    effects(answer.waterfall, drawn);
    for (const one of answer.findings ?? []) remark(at(one.pointer, drawn), one.severity, one.message, one.hint);
    unfinished(drawn);
  });
  const unfinished = (drawn) => { for (const rule of previews.left) remark(drawn.get(rule), 'open', _('Not filled in yet: left out of the count.')); };
  previews.addEventListener('empty', () => { clear(); unfinished(boxes()); });
  previews.addEventListener('wrong', () => {
    clear();
    const drawn = boxes();
    const box = at(previews.problem.pointer, drawn);
    box?.classList.add('faulty');
    previews.shownInPlace = remark(box, 'error', previews.problem.message, previews.problem.hint);
    unfinished(drawn);
  });
}
