// Given rules as JSON: draws each, and says what is not as it should be.
async (documents) => {
  const address = [...document.scripts].map((one) => one.src).find((one) => one.endsWith('/builder.js'));
  const { tree } = await import(address);
  const { Model, canonical, clone, isLeaf } = await import(address.replace('builder.js', 'builder-model.js'));
  const place = document.createElement('div');
  document.body.append(place);
  const wrong = [];
  let leaves = 0, typed = 0;
  const leavesOf = (holder, found = []) => {
    for (const key of Object.keys(holder)) {
      if (isLeaf(holder[key])) found.push([holder, key]); else leavesOf(holder[key], found);
    }
    return found;
  };
  const differing = (before, after) => {
    const texts = (value, path, found) => { if (isLeaf(value)) found.set(path, canonical(value)); else for (const key of Object.keys(value)) texts(value[key], `${path}/${key}`, found); return found; };
    const one = texts(before, '', new Map()), other = texts(after, '', new Map());
    return [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path));
  };
  for (const where of documents) {
    const whole = { segment: 'x', where: clone(where) };
    const before = canonical(whole);
    const say = (what) => { if (wrong.length < 12) wrong.push(`${what}: ${JSON.stringify(where).slice(0, 400)}`); };
    const model = new Model(whole);
    place.replaceChildren(tree(model));
    if (canonical(model.document) !== before) say('drawing changed it');
    if (place.querySelector('.raw, .as-text')) say('no controls for a condition');
    // Every leaf has a control that shows it.
    const covered = new Map();
    for (const control of place.querySelectorAll('*')) for (const slot of control.covers ?? []) {
      if (!covered.has(slot.holder)) covered.set(slot.holder, new Set());
      covered.get(slot.holder).add(String(slot.key));
      const held = slot.holder[slot.key];
      if (Array.isArray(held)) covered.set(held, new Set(Object.keys(held)));
    }
    for (const [holder, key] of leavesOf(model.document.where)) {
      leaves += 1;
      if (!covered.get(holder)?.has(String(key))) say(`nothing shows ${key}`);
    }
    // Every control writes back what it shows, and typing into it changes one leaf only.
    const fields = [...place.querySelectorAll('input:not([type=checkbox])')].filter((one) => !['picker', 'add'].includes(one.dataset.k) && !one.closest('.tokens') && !one.hidden);
    for (const one of fields) {
      one.dispatchEvent(new Event('input'));
      one.dispatchEvent(new Event('blur'));
      if (canonical(model.document) !== before) { say(`${one.getAttribute('aria-label')} does not write back what it shows (${one.value})`); break; }
    }
    for (const one of fields) {
      const stood = one.value, data = clone(model.document);
      one.value = one.type === 'date' ? '2031-02-03' : one.type === 'datetime-local' ? '2031-02-03T04:05:06' : one.classList.contains('numeric') ? '4711' : `${stood}q`;
      one.dispatchEvent(new Event('input'));
      one.dispatchEvent(new Event('blur'));
      typed += 1;
      const changed = differing(data, model.document);
      if (changed.length !== 1) say(`typing into ${one.getAttribute('aria-label')} changed ${changed.join(' ') || 'nothing'}`);
      one.value = stood;
      one.dispatchEvent(new Event('input'));
      one.dispatchEvent(new Event('blur'));
      if (canonical(model.document) !== before) { say(`${one.getAttribute('aria-label')} does not come back to ${stood}`); break; }
    }
  }
  place.remove();
  return { wrong, documents: documents.length, leaves, typed };
}
