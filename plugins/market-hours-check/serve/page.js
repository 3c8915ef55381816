'use strict';
// Time since the page came, not the wall clock: the reader's may be wrong, the gate's may be simulated.
const came = performance.now();
const clocks = [...document.querySelectorAll('[data-left]')];
const two = (number) => String(number).padStart(2, '0');
let reloading = false;

function spoken(left) {
  const days = Math.floor(left / 86400);
  const clock = [Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60].map(two).join(':');
  return days > 0 ? `${days} d ${clock}` : clock;
}

function tick() {
  const passed = Math.floor((performance.now() - came) / 1000);
  for (const clock of clocks) {
    const left = Math.max(0, Number(clock.dataset.left) - passed);
    clock.textContent = spoken(left);
    if (left === 0 && !reloading) {
      reloading = true;
      setTimeout(() => location.reload(), 1000);  // a moment later, so that the gate has changed, too
    }
  }
}

tick();
setInterval(tick, 1000);
