'use strict';
// For pages whose state is old after a minute. The page has, hidden at first, `.lost` with what to say when there is no
// next state: data-title for the tab, data-badge for each card's badge, and within it .since for how long already.
// The page comes anew without being left: what a browser shows instead of one that it cannot load may stay for ever.
const kEvery = 60, kAgain = 5, kPatience = 10;  // seconds: between two states, after a failure, for one answer
const code = document.currentScript.textContent;
const style = document.querySelector('style').textContent;
const two = (number) => String(number).padStart(2, '0');
// Time since the page came, not the wall clock: the reader's may be wrong, the server's may be simulated.
const now = () => Math.floor(performance.now() / 1000);
let came = now();
let due = came + kEvery;
let asking = false;
let lost = null;  // since when there has been no answer

function spoken(left) {
  const days = Math.floor(left / 86400);
  const clock = [Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60].map(two).join(':');
  return days > 0 ? `${days} d ${clock}` : clock;
}

function tick() {
  for (const clock of document.querySelectorAll('[data-left]')) {
    const left = Math.max(0, Number(clock.dataset.left) - (now() - came));
    clock.textContent = spoken(left);
    // A moment later, so that the server has changed its mind, too.
    if (left === 0 && lost === null) due = Math.min(due, came + Number(clock.dataset.left) + 1);
  }
  if (lost !== null) document.querySelector('.lost .since').textContent = spoken(now() - lost);
  if (now() >= due) ask();
}

// What somebody is typing must not go away.
const typing = () => Boolean(document.activeElement?.closest('form'));

async function ask() {
  if (asking || typing()) return;
  asking = true;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), kPatience * 1000);
  try {
    const answer = await fetch(location.href, {cache: 'no-store', signal: patience.signal});
    if (answer.status >= 500) throw new Error(answer.status);
    show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  } catch {
    lose();
  }
  clearTimeout(timer);
  asking = false;
}

function show(fresh) {
  // Another version of the page, or no such page at all (a proxy's login): that is for the browser to load.
  const same = (tag, text) => fresh.querySelector(tag)?.textContent === text;
  if (!same('script', code) || !same('style', style)) return location.reload();
  const focused = document.activeElement?.getAttribute('href');
  document.title = fresh.title;
  fresh.querySelector('script').remove();  // it is running already
  for (const part of ['link[rel=icon]', 'body']) {
    document.querySelector(part).replaceWith(fresh.querySelector(part));
  }
  if (focused) document.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({preventScroll: true});
  came = now();
  due = came + kEvery;
  lost = null;
  tick();
}

// What cannot be known is not allowed: what stands on the page stays there to read, but no stage is shown as allowed.
function lose() {
  due = now() + kAgain;
  if (lost !== null) return;
  lost = now();
  const notice = document.querySelector('.lost');
  document.title = notice.dataset.title;
  const icon = document.querySelector('link[rel=icon]');
  icon.setAttribute('href', icon.getAttribute('href').replace(/fill='[^']*'/, "fill='%23b3261e'"));
  notice.hidden = false;
  for (const badge of document.querySelectorAll('article .badge')) {
    badge.closest('article').className = 'card unknown';
    badge.textContent = notice.dataset.badge;
  }
  tick();
}

tick();
setInterval(tick, 1000);
// Timers rest with the tab and with the machine.
addEventListener('online', ask);
document.addEventListener('visibilitychange', () => document.hidden || ask());
