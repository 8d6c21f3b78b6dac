// How far a new password has come while it is typed. Only its length and its variety are looked at here: whether it is easy to guess is the
// server's to say. Nothing leaves the browser.

const VARIETY = 5;
const PAUSE = 600;

for (const meter of document.querySelectorAll("[data-meter]")) {
  const field = document.getElementById(meter.dataset.meter);
  const bar = meter.querySelector("meter");
  const text = meter.querySelector("output");
  const minimum = Number(meter.dataset.minimum);
  let waiting;
  const say = (words) => {
    if (text.textContent !== words) text.textContent = words;
  };
  const show = () => {
    // As the server counts: composed characters, each once.
    const characters = [...field.value.normalize("NFKC")];
    const repeated = new Set(characters).size < VARIETY;
    const enough = characters.length >= minimum;
    bar.value = enough && repeated ? minimum - 1 : characters.length;
    const state = !characters.length ? "empty" : !enough ? "short" : repeated ? "repeated" : "enough";
    meter.dataset.state = state;
    const words = meter.dataset[state].replace("{length}", characters.length).replace("{minimum}", minimum);
    // A screen reader hears where it stands once the person pauses, and not at each key.
    clearTimeout(waiting);
    waiting = setTimeout(say, text.textContent && state === "short" ? PAUSE : 0, words);
  };
  meter.hidden = false;
  field.addEventListener("input", show);
  show();
}
