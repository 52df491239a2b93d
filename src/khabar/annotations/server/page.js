// What `khabar annotate serve` shows beside Label Studio's page: the notes on the task, and the names of its story.
(() => {
  "use strict";

  const { annotation, regions, repeat } = khabar;

  // The notes on the task, as soon as it is submitted, and whether it holds what is not. Whoever labels one task after
  // the other is on the next one by then, and sees there what the one before lacks.
  const NOTES = "KHABAR_NOTES";
  const corner = document.createElement("aside");
  corner.id = "khabar-notes";
  corner.style.cssText =
    "display:none;position:fixed;bottom:64px;right:326px;width:min(430px,40vw);z-index:9998;" +
    "background:#fffdf8;border:1px solid #ced4da;border-radius:6px;box-shadow:0 2px 10px #0003";
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.title = "أغلق · close";
  close.style.cssText = "position:absolute;inset-inline-end:6px;top:2px;font-size:20px;cursor:pointer";
  const pending = document.createElement("p");
  pending.id = "khabar-pending";
  pending.textContent = "تعديل لم يُرسَل بعد: Update · an update is not submitted";
  pending.style.cssText =
    "display:none;position:fixed;top:8px;inset-inline-start:50%;translate:-50%;z-index:9998;margin:0;padding:2px 12px;" +
    "background:#fff3bf;border:1px solid #f08c00;border-radius:6px;font-size:13px";
  const frame = document.createElement("iframe");
  frame.title = "ملاحظات · notes";
  frame.style.cssText = "display:block;width:100%;border:0";
  corner.append(close, frame);
  let closed = "";
  let shown;
  let before;

  function showTask() {
    const task = window.Htx?.task?.id;
    if (task && task !== shown) [before, shown] = [shown, task];
    const wanted = task && NOTES ? `${NOTES}?task=${task}${before ? `&before=${before}` : ""}` : "";
    if (frame.dataset.shown !== wanted) {
      frame.dataset.shown = wanted;
      corner.style.display = "none";
      if (wanted) frame.src = wanted;
    }
    const now = annotation();
    const isOpen = document.querySelector(".lsf-main-view__annotation");
    pending.style.display = isOpen && now?.pk && (now.history.canUndo || now.draftId) ? "block" : "none";
  }

  // How many questions are left, of an adjudication or of a story, where an answer may open another; a click goes there.
  const left = pending.cloneNode();
  left.id = "khabar-left";
  left.style.top = "auto";
  left.style.bottom = "18px";
  left.style.cursor = "pointer";
  left.addEventListener("click", () => location.reload());
  let counted = 0;
  repeat(async () => {
    const project = location.pathname.match(/^\/projects\/(\d+)/)?.[1];
    const data = window.Htx?.task?.dataObj ?? {};
    const asked = project && ("khabar_disagreement" in data || "cards" in data);
    left.style.display = asked ? "block" : "none";
    if (!asked || performance.now() - counted < 2000) return;
    counted = performance.now();
    const answer = await fetch(`/api/projects/${project}/`).catch(() => null);
    const counts = answer?.ok ? await answer.json() : null;
    if (counts) left.textContent = `بقي · left: ${counts.task_number - counts.num_tasks_with_annotations}`;
  });

  function openRegion(address) {
    const url = new URL(address);
    const region = regions().find((each) => each.cleanId === url.searchParams.get("region"));
    if (url.searchParams.get("task") !== String(window.Htx?.task?.id) || !region) {
      location.assign(address);
      return;
    }
    annotation().unselectAll();
    annotation().selectArea(region);
    document.querySelector(".htx-highlight.__active")?.scrollIntoView({ block: "center" });
  }

  // A link to a region selects it once the task is there, and once more where the page loads the task a second time, as
  // it does for whoever opens a project for the first time; until a key or the mouse is pressed.
  let asked = new URLSearchParams(location.search).get("region") ? location.href : "";
  let answered = "";
  const isAtWork = () => { asked = ""; };
  addEventListener("mousedown", isAtWork, true);
  addEventListener("keydown", isAtWork, true);
  repeat(() => {
    if (!asked || !regions().length || !window.Htx?.task || answered === annotation().id) return;
    answered = annotation().id;
    const region = new URL(asked).searchParams.get("region");
    if (regions().some((each) => each.cleanId === region)) openRegion(asked);
  });

  close.addEventListener("click", () => {
    closed = frame.dataset.height;
    corner.style.display = "none";
  });
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow) return;
    if (event.data.khabar === "open") openRegion(event.data.address);
    if (event.data.khabar !== "notes") return;
    const height = String(event.data.height);
    frame.style.height = `min(${height}px, 32vh)`;
    frame.dataset.height = height;
    corner.style.display = event.data.shown && closed !== height ? "block" : "none";
  });
  document.body.append(corner, pending, left);
  repeat(showTask);

  // Names that the story has are offered where somebody is to be named; any other name is a new one.
  const offered = document.createElement("datalist");
  offered.id = "khabar-names";
  document.body.append(offered);
  repeat(() => {
    const names = (window.Htx?.task?.dataObj?.names ?? []).map(([, words]) => words);
    if (offered.childElementCount !== names.length) {
      offered.replaceChildren(...names.map((words) => Object.assign(document.createElement("option"), { value: words })));
    }
    for (const input of document.querySelectorAll(".khabar-name input[type=text]")) input.setAttribute("list", offered.id);
  });

  // Fields show for the selected region, so that one just drawn is to be selected, whatever this browser was set to.
  repeat(() => {
    const settings = window.Htx?.settings;
    if (settings && !settings.selectAfterCreate) settings.toggleSelectAfterCreate();
  });
})();
