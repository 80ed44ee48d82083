/* Live refresh: one small question every two seconds while the page is seen; when the figures have moved, "live" is
   dispatched on body and every element with hx-trigger="live from:body" fetches itself again. */
(() => {
  "use strict";
  const SECONDS = 2;
  const SLOWEST = 60;
  const address = document.body.dataset.live;
  if (!address) return;

  let version = document.body.dataset.liveVersion ?? null;
  let wait = SECONDS;
  let timer = null;

  async function ask() {
    const url = version === null ? address : `${address}?since=${encodeURIComponent(version)}`;
    const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return String((await answer.json()).version);
  }

  async function look() {
    try {
      const now = await ask();
      const moved = version !== null && now !== version;
      version = now;
      wait = SECONDS;
      if (moved) document.body.dispatchEvent(new CustomEvent("live", { detail: { version: now } }));
    } catch {
      wait = Math.min(wait * 2, SLOWEST);
    }
    plan();
  }

  function plan() {
    clearTimeout(timer);
    timer = document.hidden ? null : setTimeout(look, wait * 1000);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else look();
  });
  if (!document.hidden) look();
})();
