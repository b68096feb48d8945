// Runs in the page before anything of its own. Times are in milliseconds since the navigation began, as `performance.now()` tells them.
window.watch = (() => {
  const busy = []; // since when and until when the page's thread did something longer than 50 ms
  let frames = null; // of those that are counted: [when, how far it is scrolled, how far down rows are drawn]
  let waiting = [];
  let changed = 0; // when the last change was on the screen

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) busy.push([entry.startTime, entry.startTime + entry.duration]);
  }).observe({ type: 'longtask', buffered: true });

  // A frame is handed on when a task runs that was posted while it was being made.
  const painted = (tell) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => tell(performance.now());
    port2.postMessage(0);
  });

  const look = () => {
    painted((at) => { changed = at; });
    waiting = waiting.filter(({ shown, tell }) => {
      if (!shown()) return true;
      painted(tell);
      return false;
    });
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });

  const count = (scroller) => (now) => {
    if (!frames) return;
    const last = [...scroller.querySelectorAll('[role=row][id]')].at(-1);
    frames.push([now, scroller.scrollTop, last ? last.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom + scroller.scrollTop : Infinity]);
    requestAnimationFrame(count(scroller));
  };

  const self = {
    busy,
    clicked: 0,
    /** When the frame was painted in which `shown` first held. */
    until: (shown) => new Promise((tell) => { waiting.push({ shown, tell }); look(); }),
    /** When the last change was painted and the thread was free, once neither was otherwise for `ms`. */
    settled: (ms) => new Promise((tell) => {
      const ask = () => {
        const last = Math.max(changed, busy.at(-1)?.[1] ?? 0);
        if (performance.now() - last >= ms) tell(last);
        else setTimeout(ask, ms / 5);
      };
      ask();
    }),
    /** Count the frames of the page while `scroller` scrolls, until `counted` tells them. */
    count: (scroller) => { frames = []; requestAnimationFrame(count(scroller)); },
    counted: () => { const told = frames; frames = null; return told; },
  };
  addEventListener('click', (event) => { self.clicked = event.timeStamp; }, { capture: true });
  return self;
})();
