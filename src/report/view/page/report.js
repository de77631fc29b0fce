"use strict";
// Sorting, filtering and searching of the table of recipients. Without this script the page is whole, and plain.
(() => {
  const table = document.getElementById("regions");
  const tools = document.getElementById("tools");
  if (!table || !tools) return;
  const regions = [...table.tBodies];
  const details = regions.map((region) => region.querySelector("details"));
  const words = new Map(regions.map((region) => {
    const said = region.querySelector("blockquote");
    return [region, `${region.dataset.name} ${region.dataset.code} ${said ? said.textContent : ""}`.toLowerCase()];
  }));
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  const filter = () => {
    const wanted = new Set([...tools.querySelectorAll("input[name=answer]:checked")].map((box) => box.value));
    const search = document.getElementById("search").value.trim().toLowerCase();
    let shown = 0;
    for (const region of regions) {
      region.hidden = !wanted.has(region.dataset.answer) || !words.get(region).includes(search);
      if (!region.hidden) shown += 1;
    }
    const status = document.getElementById("shown");
    status.textContent = status.dataset.words.replace("{shown}", shown).replace("{all}", regions.length);
  };

  const sort = (heading) => {
    const key = heading.dataset.sort;
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const order = (one, other) => {
      const [a, b] = [one.dataset[key], other.dataset[key]];
      // What is not known stands last, whichever way.
      if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
      const found = key === "kronor" ? Number(a) - Number(b) : collator.compare(a, b);
      return down ? -found : found;
    };
    for (const region of [...regions].sort(order)) table.insertBefore(region, table.tFoot);
  };

  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(heading));
    heading.append(button);
  }

  const all = document.getElementById("open");
  all.addEventListener("click", () => {
    const open = details.some((one, at) => !one.open && !regions[at].hidden);
    details.forEach((one) => { one.open = open; });
    all.textContent = open ? all.dataset.close : all.dataset.open;
  });

  // Print shows everything; afterwards it is as it was.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = details.filter((one) => !one.open);
    closed.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((one) => { one.open = false; }));

  tools.addEventListener("input", filter);
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.hidden = false;
  filter();
})();
