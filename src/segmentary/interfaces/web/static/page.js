// What every page has: charts that come alive, forms and buttons that ask the API, work with progress, the menu.
import './chart.js';
import './forms.js';
import './job.js';

// The menu of a narrow window closes on Escape and when something else is clicked.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  document.querySelector('.menu[open]')?.removeAttribute('open');
});
document.addEventListener('click', (event) => {
  const menu = document.querySelector('.menu[open]');
  if (menu && !menu.contains(event.target)) menu.removeAttribute('open');
  const opener = event.target.closest?.('[data-dialog]');
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest?.('[data-close]')) event.target.closest('dialog')?.close();
});
