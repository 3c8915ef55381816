'use strict';
// Time since the page came, not the wall clock: the reader's may be wrong.
const came = performance.now();
const two = (number) => String(number).padStart(2, '0');

function spoken(left) {
  const days = Math.floor(left / 86400);
  const clock = [Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60].map(two).join(':');
  return days > 0 ? `${days} d ${clock}` : clock;
}

function tick() {
  const passed = Math.floor((performance.now() - came) / 1000);
  for (const clock of document.querySelectorAll('[data-left]')) {
    clock.textContent = spoken(Math.max(0, Number(clock.dataset.left) - passed));
  }
  // Not while somebody fills in the form.
  if (passed >= 60 && !document.activeElement?.closest('form')) location.reload();
}

tick();
setInterval(tick, 1000);
