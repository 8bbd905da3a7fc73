// A livelier conversation: what is said is shown at once, and the answer fetched without loading the page anew.
const page = async (address) => new DOMParser().parseFromString(await (await fetch(address, { credentials: 'same-origin' })).text(), 'text/html');

let busy = false;
async function go(address, said) {
  if (busy) return;
  busy = true;
  const list = document.getElementById('bubbles');
  if (said) {
    const mine = document.createElement('li'), text = document.createElement('p');
    mine.className = 'mine'; text.textContent = said;
    mine.append(text); list.append(mine);
    mine.scrollIntoView({ block: 'nearest' });
  }
  list.setAttribute('aria-busy', 'true');
  try {
    const found = await page(address);
    const fresh = found.querySelector('.columns');
    if (!fresh) { location.assign(address); return; }
    document.querySelector('.columns').replaceWith(document.importNode(fresh, true));
    history.replaceState(null, '', address);
    document.getElementById('bubbles').lastElementChild?.scrollIntoView({ block: 'nearest' });
    document.getElementById('text')?.focus();
  } catch { location.assign(address); } finally { busy = false; }
}
document.addEventListener('submit', (event) => {
  const form = event.target.closest('.write');
  if (!form) return;
  event.preventDefault();
  go(`/chat?${new URLSearchParams(new FormData(form))}`, form.elements.namedItem('text').value);
});
document.addEventListener('click', (event) => {
  const tap = event.target.closest('.taps a');
  if (!tap || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  go(tap.getAttribute('href').replace(/#.*$/, ''), tap.textContent);
});
document.getElementById('bubbles')?.lastElementChild?.scrollIntoView({ block: 'nearest' });
