// "Send again in 24 s": the button waits with a visible countdown. Without JavaScript the server says how long to wait.

for (const button of document.querySelectorAll("button[data-countdown]")) {
  const ready = Date.now() + Number(button.dataset.countdown) * 1000;
  const label = button.textContent;
  const tick = () => {
    const seconds = Math.ceil((ready - Date.now()) / 1000);
    button.disabled = seconds > 0;
    button.textContent = seconds > 0 ? button.dataset.countdownLabel.replace("{seconds}", seconds) : label;
    if (seconds > 0) setTimeout(tick, 250);
  };
  tick();
}
