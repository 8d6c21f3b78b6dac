// Says how far an upload has come. Without it the form works as any other; the server's answer is shown as the browser would.

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

function send(form) {
  const box = form.querySelector("[data-progress]");
  const button = form.querySelector("[type=submit]");
  const say = (text, percent) => {
    box.querySelector("p").textContent = text;
    box.querySelector("progress").value = percent;
  };
  const call = new XMLHttpRequest();
  call.open("POST", form.action);
  call.responseType = "document";
  call.upload.addEventListener("progress", ({ loaded, total }) => {
    const percent = total ? Math.floor((loaded / total) * 100) : 0;
    say(percent < 100 ? box.dataset.text.replace("{percent}", percent) : box.dataset.checking, percent);
  });
  call.addEventListener("load", () => {
    if (!call.response?.querySelector("main")) return fail();
    // A redirect was followed: the person goes where it leads. It may have said something once, so its page is kept as it came.
    if (call.responseURL && call.responseURL !== form.action) history.pushState(null, "", call.responseURL);
    show(call.response);
  });
  const fail = () => {
    button.disabled = false;
    say(box.dataset.failed, 0);
  };
  call.addEventListener("error", fail);
  button.disabled = true;
  box.hidden = false;
  say(box.dataset.text.replace("{percent}", 0), 0);
  call.send(new FormData(form));
}

function show(page) {
  document.title = page.title;
  const main = document.importNode(page.querySelector("main"), true);
  document.querySelector("main").replaceWith(main);
  for (const form of main.querySelectorAll("form[data-upload]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
  (main.querySelector("[data-focus]") ?? main).focus();
  scrollTo(0, 0);
}

// What was replaced by hand isn't in the browser's history: going back loads it.
addEventListener("popstate", () => location.reload());
