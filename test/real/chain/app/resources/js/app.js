import './bootstrap';

const { display } = getComputedStyle(document.body);
document.querySelector('#script').textContent = `${import.meta.env.VITE_APP_NAME}: the script ran, ${display}`;
