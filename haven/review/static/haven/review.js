/* The pages' own behaviour: keys, the paper and the record lighting each other up, dialogs, decisions.
   Nothing is decided here: every step is asked of the server, which asks the gate and writes the log first. */
(function () {
  "use strict";

  var body = document.body;
  body.classList.add("js");
  var mode = body.dataset.keys || "";

  function one(selector, within) { return (within || document).querySelector(selector); }
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  /* What happened stands at the foot of the page and is read out; only what went wrong lies over the work. */
  function say(words, how) {
    var toast = one("#toast");
    one("#said").textContent = how ? "" : words;
    toast.textContent = how ? words : "";
    toast.className = "toast " + (how || "");
  }

  /* ---- dialogs ---- */
  function open(id) {
    var dialog = document.getElementById(id);
    if (dialog && !dialog.open) { dialog.showModal(); }
  }
  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-dialog]");
    if (opener) { open(opener.dataset.dialog); }
    var closer = event.target.closest("[data-close]");
    if (closer) { closer.closest("dialog").close(); }
  });

  /* ---- a list of rows to open ---- */
  function listKeys(key) {
    var rows = all("tr.row");
    var at = rows.findIndex(function (row) { return row.classList.contains("cur"); });
    if (key === "j" || key === "k") {
      var to = key === "j" ? Math.min(rows.length - 1, at + 1) : Math.max(0, at - 1);
      if (!rows[to]) { return false; }
      rows.forEach(function (row) { row.classList.remove("cur"); });
      rows[to].classList.add("cur");
      one("a", rows[to]).focus({ preventScroll: true });
      rows[to].scrollIntoView({ block: "nearest" });
      return true;
    }
    if (key === "n" && one("#next-case")) { one("#next-case").click(); return true; }
    return false;
  }

  /* ---- the case ---- */
  var current = null;      // data-slot of the value under review: it stays when the value itself is replaced
  var lit = "";
  var turning = 0;

  function rows() { return all("#people tr[data-slot]"); }
  function row() { return current === null ? null : one('#people tr[data-slot="' + current + '"]'); }
  function shares(element, keys) {
    return (element.dataset.key || "").split(" ").some(function (k) { return keys.indexOf(k) >= 0; });
  }

  function light(keys) {
    lit = keys;
    var wanted = keys ? keys.split(" ") : [];
    var first = null;
    all("#paper [data-key]").forEach(function (mark) {
      var on = shares(mark, wanted);
      mark.classList.toggle("lit", on);
      if (on && !first && mark.getClientRects().length) { first = mark; }
    });
    if (first) { show(first); }
  }
  function show(mark) {
    var frame = one(".sheet-frame");
    var box = mark.getBoundingClientRect();
    var view = frame.getBoundingClientRect();
    if (box.top < view.top + 20 || box.bottom > view.bottom - 20) {
      frame.scrollTop += box.top - view.top - view.height / 3;
    }
  }

  function pageUrl(index) { return "/cases/" + one("#people").dataset.case + "/pages/" + index + "/"; }
  function turn(index, keys) {
    var paper = one("#paper");
    var total = paper ? Number(paper.dataset.total) : 0;
    if (index < 0 || index >= total) { return; }
    if (String(index) === paper.dataset.page) { light(keys || lit); return; }
    lit = keys || lit;
    window.clearTimeout(turning);
    turning = window.setTimeout(function () {
      window.htmx.ajax("GET", pageUrl(index), { source: "#paper-pane", target: "#paper", swap: "outerHTML" });
    }, 120);
  }

  function setCurrent(tr, options) {
    rows().forEach(function (r) { r.classList.remove("cur"); r.removeAttribute("aria-current"); r.tabIndex = -1; });
    if (!tr) { current = null; return; }
    current = tr.dataset.slot;
    var fold = tr.closest("details");
    if (fold) { fold.open = true; }
    tr.classList.add("cur");
    tr.setAttribute("aria-current", "true");
    tr.tabIndex = 0;
    if (!options || options.focus !== false) { tr.focus({ preventScroll: true }); }
    if (!options || options.scroll !== false) { tr.scrollIntoView({ block: "nearest" }); }
    if (options && options.paper === false) { return; }
    if (tr.dataset.page !== undefined) { turn(Number(tr.dataset.page), tr.dataset.key); } else { light(tr.dataset.key); }
  }

  function step(by) {
    var list = rows();
    var at = list.indexOf(row());
    var to = Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by));
    setCurrent(list[to]);
  }
  function doubtful() {
    var list = rows();
    var at = list.indexOf(row());
    var order = list.slice(at + 1).concat(list.slice(0, at + 1));
    var open = order.filter(function (r) { return r.dataset.state === "proposed"; });
    var next = open.find(function (r) { return r.dataset.sure === "check"; }) || open[0];
    if (next) { showTab("tab-people"); setCurrent(next); } else { say("Every value of this case is reviewed.", "note"); }
  }

  /* a key pressed while a decision is on its way waits for the answer: it means the value that comes next */
  var busy = false;
  var pressed = [];
  function answered() {
    while (pressed.length && !busy && !one("dialog[open]")) { caseKeys(pressed.shift()); }
    if (one("dialog[open]")) { pressed = []; }
  }

  function post(path, values) {
    busy = true;
    return window.htmx.ajax("POST", "/cases/" + one("#people").dataset.case + "/" + path, {
      source: "#record", target: "#people", swap: "outerHTML", values: values || {}
    });
  }
  function mayDecide() { return Boolean(one("#correct-dialog")); }

  function act(name, from) {
    if (name === "doubtful") { doubtful(); return true; }
    if (!mayDecide()) { return false; }
    if (name === "add") { askAdd(); return true; }
    if (name === "undo") { post("undo/"); return true; }
    if (name === "role") {
      var card = from ? from.closest(".person") : row() && row().closest(".person");
      if (card) { askRole(card); }
      return true;
    }
    var tr = from ? from.closest("tr") : row();
    if (!tr) { say("Mark a value first: j or k.", "note"); return true; }
    if (name === "correct" || name === "reject") {
      if (one('[data-act="' + name + '"]', tr)) { askWhy(tr, name); }
      return true;
    }
    if (!one('[data-act="' + name + '"]', tr)) { step(1); return true; }  // confirmed already: go on
    setCurrent(tr, { focus: true, paper: false });
    advance = name === "confirm" ? name : null;  // a mark on its words leaves the value itself to decide
    post("values/" + tr.dataset.value + "/" + name + "/");
    return true;
  }
  var advance = null;

  function fill(dialog, key, words) { all('[data-fill="' + key + '"]', dialog).forEach(function (e) { e.textContent = words; }); }
  function askWhy(tr, name) {
    var dialog = one("#" + name + "-dialog");
    setCurrent(tr, { paper: false });
    fill(dialog, "label", tr.dataset.label.toLowerCase());
    fill(dialog, "text", tr.dataset.text);
    one('[data-fill="error"]', dialog).hidden = true;
    one("form", dialog).dataset.path = "values/" + tr.dataset.value + "/" + name + "/";
    one("#" + name + "-reason").value = "";
    if (name === "correct") { one("#correct-text").value = tr.dataset.text; }
    dialog.showModal();
    one(name === "correct" ? "#correct-text" : "#reject-reason").select();
  }
  function askRole(card) {
    var dialog = one("#role-dialog");
    fill(dialog, "name", card.dataset.name);
    dialog.dataset.group = card.dataset.group;
    all("input[name=role]", dialog).forEach(function (i) { i.checked = i.value === card.dataset.role; });
    one("#role-reason").value = "";
    one('[data-fill="error"]', dialog).hidden = true;
    one("form", dialog).dataset.path = "people/" + card.dataset.person + "/role/";
    guard(dialog);
    dialog.showModal();
  }
  function guard(dialog) {
    var chosen = one("input[name=role]:checked", dialog);
    var risky = dialog.dataset.group === "protected" && chosen && (chosen.dataset.group === "alleged" || chosen.dataset.group === "took_part");
    one('[data-fill="guard"]', dialog).hidden = !risky;
    one("#role-reason").required = Boolean(risky);
  }

  /* words marked on the page are what is to be added */
  function askAdd() {
    var dialog = one("#add-dialog");
    var paper = one("#paper");
    var marked = window.getSelection();
    var words = paper && marked.anchorNode && paper.contains(marked.anchorNode) ? marked.toString().replace(/\s+/g, " ").trim() : "";
    one("form", dialog).reset();
    one('[data-fill="error"]', dialog).hidden = true;
    one("#add-name").value = words.slice(0, 200);
    one("#add-text").value = words.slice(0, 500);
    one("#add-page").value = paper ? Number(paper.dataset.page) + 1 : "";
    aboutWhom();
    dialog.showModal();
    one("#add-who").focus();
  }
  function aboutWhom() {
    var known = Boolean(one("#add-who").value);
    [["#add-new", known], ["#add-known", !known]].forEach(function (part) {
      one(part[0]).hidden = part[1];
      one(part[0]).disabled = part[1];
    });
  }

  function showTab(id) {
    all("[role=tab]").forEach(function (tab) {
      var on = tab.id === id;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
    });
  }

  function caseKeys(key) {
    if (busy && "jkncexrazp".indexOf(key) >= 0) { pressed.push(key); return true; }
    var paper = one("#paper");
    if (key === "j") { step(1); return true; }
    if (key === "k") { step(-1); return true; }
    if (key === "n") { return act("doubtful"); }
    if (key === "c") { return act("confirm"); }
    if (key === "e") { return act("correct"); }
    if (key === "x") { return act("reject"); }
    if (key === "r") { return act("role"); }
    if (key === "a") { return act("add"); }
    if (key === "z") { return act("undo"); }
    if (key === "p" && one("#propose-dialog")) { open("propose-dialog"); return true; }
    if (key === "t") { showPane("record"); showTab("tab-to-do"); one("#to-do-title").focus(); return true; }
    if (!paper) { return false; }
    if (key === "[") { turn(Number(paper.dataset.page) - 1); return true; }
    if (key === "]") { turn(Number(paper.dataset.page) + 1); return true; }
    return false;
  }

  /* ---- the referral ---- */
  var excerpt = -1;
  function referralKeys(key) {
    var pairs = all(".pair");
    if ((key !== "[" && key !== "]") || !pairs.length) { return false; }
    excerpt = Math.max(0, Math.min(pairs.length - 1, excerpt + (key === "]" ? 1 : -1)));
    pairs[excerpt].focus();
    return true;
  }

  document.addEventListener("keydown", function (event) {
    if (mode === "referral" && event.key === "Enter" && event.ctrlKey && one("#release:not([disabled])")) {
      one("#release-form").requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) { return; }
    if (one("dialog[open]") || event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select")) { return; }
    var done = false;
    if (event.key === "?") { open("keys-dialog"); done = true; }
    else if (mode === "list") { done = listKeys(event.key); }
    else if (mode === "referral") { done = referralKeys(event.key); }
    else if (mode === "case") { done = caseKeys(event.key); }
    if (!done && event.target.getAttribute && event.target.getAttribute("role") === "tab" && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      var tabs = all("[role=tab]");
      var to = tabs[(tabs.indexOf(event.target) + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
      showTab(to.id); to.focus(); done = true;
    }
    if (done) { event.preventDefault(); }
  });

  if (mode === "case") {
    document.addEventListener("click", function (event) {
      var target = event.target;
      var button = target.closest("[data-act]");
      if (button) { act(button.dataset.act, button.closest("#people") ? button : null); return; }
      var tab = target.closest("[role=tab]");
      if (tab) { showTab(tab.id); return; }
      var pane = target.closest("[data-pane]");
      if (pane) { showPane(pane.dataset.pane); return; }
      var view = target.closest("[data-view]");
      if (view) { setView(view.dataset.view); return; }
      var zoom = target.closest("[data-zoom]");
      if (zoom) { setZoom(Number(zoom.dataset.zoom)); return; }
      if (target.closest("[data-rotate]")) { turned = (turned + 1) % 4; dress(); return; }
      var by = target.closest("[data-turn]");
      if (by) { event.preventDefault(); turn(Number(one("#paper").dataset.page) + Number(by.dataset.turn)); return; }
      var goto_ = target.closest("[data-goto]");
      if (goto_) {
        event.preventDefault();
        var line = goto_.closest("tr[data-slot]");
        if (line) { setCurrent(line, { paper: false, focus: false }); }
        showPane("paper");
        turn(Number(goto_.dataset.goto), goto_.dataset.light || "");
        return;
      }
      var mark = target.closest("#paper [data-key]");
      if (mark) { event.preventDefault(); fromMark(mark); return; }
      var tr = target.closest("#people tr[data-slot]");
      if (tr) { setCurrent(tr, { scroll: false }); return; }
      var head = target.closest(".person > header");
      if (head) { light(head.parentElement.dataset.key); }
    });

    document.addEventListener("submit", function (event) {
      var form = event.target.closest("form[data-decide]");
      if (!form) { return; }
      event.preventDefault();
      var values = {};
      new FormData(form).forEach(function (value, key) { values[key] = value; });
      if (event.submitter && event.submitter.name) { values[event.submitter.name] = event.submitter.value; }
      deciding = form;
      if (form.dataset.decide === "correct" || form.dataset.decide === "reject") { advance = form.dataset.decide; }
      post(form.dataset.path, values);
    });
    document.addEventListener("change", function (event) {
      if (event.target.name === "role" && event.target.closest("#role-dialog")) { guard(one("#role-dialog")); }
      if (event.target.id === "add-who") { aboutWhom(); }
    });
  }
  var deciding = null;

  function fromMark(mark) {
    var keys = mark.dataset.key.split(" ");
    showPane("record");
    showTab("tab-people");
    // the value itself before the person it belongs to
    var tr = keys.map(function (k) { return rows().find(function (r) { return shares(r, [k]); }); }).find(Boolean);
    if (tr) { setCurrent(tr, { paper: false }); light(mark.dataset.key); return; }
    var card = all(".person").find(function (p) { return shares(p, keys); });
    if (card) { card.scrollIntoView({ block: "nearest" }); light(mark.dataset.key); }
  }

  function showPane(which) {
    var split = one("#split");
    split.classList.toggle("show-paper", which === "paper");
    split.classList.toggle("show-record", which === "record");
    all("[data-pane]").forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.pane === which)); });
  }

  /* what the officer chose for the paper stays while pages are turned */
  var view = "marks";
  var zoomed = 0;
  var turned = 0;
  function setView(which) { view = which; dress(); light(lit); }
  function setZoom(by) { zoomed = Math.max(0, Math.min(3, zoomed + by)); dress(); light(lit); }
  function dress() {
    var paper = one("#paper");
    var image = one('[data-sheet="image"]', paper);
    var text = one('[data-sheet="text"]', paper);
    var asText = view === "text" || !image;
    if (image) {
      image.hidden = asText;
      for (var i = 0; i < 4; i += 1) { image.classList.toggle("zoom-" + i, i === zoomed); image.classList.toggle("turn-" + i, i === turned); }
    }
    if (text) { text.hidden = !asText; }
    paper.classList.toggle("no-marks", view === "image");
    all("[data-view]", paper).forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.view === (asText ? "text" : view))); });
  }

  document.addEventListener("htmx:beforeRequest", function () { say(""); });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id === "paper" || one("#paper") && !one("#paper").dataset.dressed) {
      one("#paper").dataset.dressed = "1";
      dress();
      light(lit);
    }
    // htmx tells it once for each piece of the answer; the first is enough
    if (event.detail.target.id === "people" && busy) {
      busy = false;
      if (deciding) {
        var asked = deciding.closest("dialog");
        var settled = deciding.dataset.decide === "to-do";
        deciding = null;
        if (asked) { asked.close(); }
        // the question is gone, and its button with it: the keyboard goes on at the list
        if (settled) { window.setTimeout(function () { one("#to-do-title").focus(); }, 0); }
      }
      var tr = row();
      if (tr && advance) {
        var list = rows();
        tr = list[Math.min(list.length - 1, list.indexOf(tr) + 1)];
        setCurrent(tr);
      } else if (tr) { setCurrent(tr, { paper: false, scroll: !settled, focus: !settled }); }
      advance = null;
      var saved = one("#saved");
      if (saved) { say(saved.firstChild.textContent.trim()); }
      window.setTimeout(answered, 0);
    }
  });
  function failed() { busy = false; pressed = []; advance = null; }
  document.addEventListener("htmx:responseError", function (event) {
    var status = event.detail.xhr.status;
    failed();
    if (status === 422) {
      var words = event.detail.xhr.responseText;
      var place = deciding && one('[data-fill="error"]', deciding);
      if (place) { place.textContent = words; place.hidden = false; } else { say(words, "bad"); }
      deciding = null;
      return;
    }
    deciding = null;
    if (status === 401) { say("You were logged out. Nothing was lost: log in again and go on.", "bad"); return; }
    if (status === 404) { say("This is not open to you any more. Go back to the work list.", "bad"); return; }
    if (status === 503) { say("The log cannot be written, so nothing can be shown or changed now.", "bad"); return; }
    say("That was not saved. Try once more.", "bad");
  });
  document.addEventListener("htmx:sendError", function () { failed(); deciding = null; say("No connection: that was not saved.", "bad"); });
  document.addEventListener("htmx:timeout", function () { failed(); deciding = null; say("The server did not answer: that was not saved.", "bad"); });
  document.addEventListener("htmx:beforeSwap", function (event) {
    // a login page must never be swapped into a pane
    if (event.detail.xhr.getResponseHeader("HX-Redirect")) { event.detail.shouldSwap = false; }
  });

  if (mode === "case" && one("#paper")) { dress(); }
})();
