// <seg-chart src="address.json">: the picture inside is replaced by a live chart when it comes into view.

let vega = null;

function load() {
  vega ??= Promise.all([import('/assets/vega/vega.js'), fetch('/assets/vega/colours.json').then((one) => one.json())]);
  return vega;
}

const recoloured = (value, colours) => {
  if (typeof value === 'string') return colours[value.toLowerCase()] ?? value;
  if (Array.isArray(value)) return value.map((one) => recoloured(one, colours));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, key === 'values' ? one : recoloured(one, colours)]));
  return value;
};

class Chart extends HTMLElement {
  connectedCallback() {
    this.seen = new IntersectionObserver((entries) => { if (entries.some((one) => one.isIntersecting)) { this.seen.disconnect(); this.draw(); } }, { rootMargin: '400px' });
    this.seen.observe(this);
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.again = () => this.draw();
    this.dark.addEventListener('change', this.again);
  }

  disconnectedCallback() {
    this.seen.disconnect();
    this.dark.removeEventListener('change', this.again);
    this.view?.finalize();
  }

  async draw() {
    const width = Math.max(240, Math.floor(this.clientWidth));
    const address = new URL(this.getAttribute('src'), location.origin);
    address.searchParams.set('width', String(width));
    const answer = await fetch(address, { credentials: 'same-origin' });
    if (!answer.ok) return; // the picture stays
    const [[, colours], spec] = await Promise.all([load(), answer.json()]);
    const shown = this.dark.matches ? recoloured(spec, colours) : spec;
    delete shown.title;
    shown.background = 'transparent';
    const place = document.createElement('div');
    this.view?.finalize();
    const made = await window.vegaEmbed(place, shown, { ast: true, actions: false, tooltip: { disableDefaultStyle: true }, renderer: 'svg', defaultStyle: false });
    this.view = made.view;
    const picture = place.querySelector('svg');
    // The whole picture has one name; the table beside it says its figures.
    for (const part of picture?.querySelectorAll('[role],[aria-roledescription],[aria-label]') ?? []) for (const name of ['role', 'aria-roledescription', 'aria-label']) part.removeAttribute(name);
    picture?.setAttribute('role', 'img');
    picture?.setAttribute('aria-label', this.getAttribute('label') ?? this.closest('figure')?.querySelector('strong')?.textContent ?? '');
    this.replaceChildren(place);
  }
}
customElements.define('seg-chart', Chart);
