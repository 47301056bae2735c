/// The script of the page: it shows the list of documents piece by piece, filters it, sorts tables
/// and switches the colours. Without it, the page still shows the first documents and everything
/// else.
///
/// It contains no `<`, so nothing in it can be taken for markup.
enum PageScript {
  static let text = """
    (() => {
      const byId = (id) => document.getElementById(id);
      const theme = byId("theme");
      theme.hidden = false;
      theme.addEventListener("click", () => {
        const root = document.documentElement;
        const prefersDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
        const current = root.dataset.theme || (prefersDark ? "dark" : "light");
        root.dataset.theme = current === "dark" ? "light" : "dark";
      });

      for (const table of document.querySelectorAll("table.sortable")) {
        const body = table.tBodies[0];
        const heads = [...table.tHead.rows[0].cells];
        const value = (row, column) => {
          const cell = row.cells[column];
          return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
        };
        heads.forEach((head, column) => {
          if (head.textContent === "") { return; }
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = head.textContent;
          head.replaceChildren(button);
          button.addEventListener("click", () => {
            const sign = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
            for (const other of heads) { other.removeAttribute("aria-sort"); }
            head.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
            const compare = (a, b) =>
              typeof a === "number" ? a - b : a.localeCompare(b);
            const rows = [...body.rows];
            rows.sort((a, b) => sign * compare(value(a, column), value(b, column)));
            body.append(...rows);
          });
        });
      }

      const zoom = byId("zoom");
      const matrix = document.querySelector("svg.matrix");
      if (zoom && matrix) {
        const width = Number(matrix.getAttribute("width"));
        const height = Number(matrix.getAttribute("height"));
        zoom.addEventListener("input", () => {
          matrix.setAttribute("width", width * Number(zoom.value));
          matrix.setAttribute("height", height * Number(zoom.value));
        });
      }

      const source = byId("documents");
      if (!source) { return; }
      const data = JSON.parse(source.textContent);
      const [kind, expected, predicted, search] =
        ["kind", "expected", "predicted", "search"].map(byId);
      const [list, status, more] = ["list", "status", "more"].map(byId);
      byId("controls").hidden = false;
      const piece = 20;
      let found = [];
      let shown = 0;

      const option = (select, label, value) => {
        const item = document.createElement("option");
        item.value = value;
        item.textContent = label;
        select.append(item);
      };
      for (const [select, column] of [[expected, 2], [predicted, 3]]) {
        const used = new Set([...data.errors, ...data.uncertain].map((row) => row[column]));
        option(select, "any label", "");
        data.labels.forEach((label, number) => {
          if (used.has(number)) { option(select, label, String(number)); }
        });
      }

      const isolated = (text) => {
        const element = document.createElement("bdi");
        element.textContent = text;
        return element;
      };
      const percent = (share) => (100 * share).toFixed(1) + " %";
      const entry = ([place, id, label, guess, probability, own, margin, text]) => {
        const item = document.createElement("li");
        const pair = document.createElement("div");
        pair.className = "pair";
        pair.append(isolated(data.labels[label]));
        if (label !== guess) {
          pair.append(" predicted as ", isolated(data.labels[guess]));
        }
        const detail = document.createElement("div");
        detail.className = "place";
        const numbers = [
          [probability, ""], [label === guess ? null : own, "true label "], [margin, "margin "],
        ].filter(([value]) => value !== null).map(([value, name]) => name + percent(value));
        detail.append(numbers.length === 0 ? "" : numbers.join(", ") + " · ", isolated(id === null ? place : place + " · " + id));
        item.append(pair, detail);
        if (text !== null) {
          const body = document.createElement("p");
          body.dir = "auto";
          body.textContent = text;
          item.append(body);
        }
        return item;
      };

      const add = () => {
        const end = Math.min(found.length, shown + piece);
        list.append(...found.slice(shown, end).map(entry));
        shown = end;
        more.hidden = shown === found.length;
        const total = found.length.toLocaleString("en");
        status.textContent = "showing " + shown.toLocaleString("en") + " of " + total + " documents";
      };
      const update = () => {
        const words = search.value.toLocaleLowerCase();
        const wanted = (select, number) => select.value === "" || Number(select.value) === number;
        found = data[kind.value].filter((row) =>
          wanted(expected, row[2]) && wanted(predicted, row[3]) &&
          (words === "" ||
            ((row[7] || "") + " " + row[0] + " " + (row[1] || "")).toLocaleLowerCase()
              .includes(words)));
        shown = 0;
        list.replaceChildren();
        add();
      };
      for (const control of [kind, expected, predicted]) {
        control.addEventListener("change", update);
      }
      search.addEventListener("input", update);
      more.addEventListener("click", add);

      for (const cell of document.querySelectorAll("g[data-expected]")) {
        const choose = () => {
          kind.value = cell.dataset.expected === cell.dataset.predicted ? "uncertain" : "errors";
          for (const [select, value] of
            [[expected, cell.dataset.expected], [predicted, cell.dataset.predicted]]) {
            if (![...select.options].some((item) => item.value === value)) {
              option(select, data.labels[Number(value)], value);
            }
            select.value = value;
          }
          search.value = "";
          update();
          byId("wrong").open = true;
          byId("wrong").scrollIntoView({ block: "start" });
          status.focus();
        };
        cell.addEventListener("click", choose);
        cell.addEventListener("keydown", (event) => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            choose();
          }
        });
      }
      update();
    })();
    """
}
