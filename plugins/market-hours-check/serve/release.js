'use strict';
// Without this script a box has to be ticked; with it, a dialog shows what is about to happen.
for (const form of document.querySelectorAll('form[data-note]')) {
  const dialog = form.parentElement.querySelector('dialog');
  const box = form.elements.confirm;
  let pressed = null;
  box.required = false;
  box.closest('.confirm').hidden = true;
  form.addEventListener('submit', (event) => {
    if (box.checked) return;
    event.preventDefault();
    pressed = event.submitter;
    dialog.querySelector('.quoted').textContent = form.elements[form.dataset.note].value;
    dialog.querySelector('.yes').textContent = pressed?.textContent ?? 'Yes';
    dialog.showModal();
    dialog.querySelector('.no').focus();
  });
  dialog.querySelector('.no').addEventListener('click', () => dialog.close());
  dialog.querySelector('.yes').addEventListener('click', () => {
    dialog.close();
    box.checked = true;
    form.requestSubmit(pressed ?? undefined);
    box.checked = false;
  });
}
