'use strict';
(() => {
const data = JSON.parse(document.getElementById('data').textContent);
data.clauses = data.clauses.map(([id, run, level, verdict, text, operation, outcome, source, file, line, checks, called, rest]) =>
  ({id, run, level, verdict, text, operation, outcome, source, file, line, checks, called, ...rest}));
const $ = id => document.getElementById(id);

// What cannot be seen, or turns the direction of what stands beside it, is spelt out.
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const visible = s => s.replace(hidden, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));

// Everything that a target may have had a hand in becomes text, never markup.
function el(name, className, ...children) {
  const e = document.createElement(name);
  if (className) e.className = className;
  for (const c of children) if (c !== undefined && c !== null && c !== '') e.append(typeof c === 'string' ? visible(c) : c);
  return e;
}
const link = (href, text) => { const a = el('a', '', text); a.href = href; return a; };
const byID = new Map(data.clauses.map((c, i) => [c.id, i]));
const references = c => data.sources[c.source].split(';').map(s => s.trim()).filter(Boolean);
const chip = v => el('span', 'chip v-' + v, v);

function differences(expected, actual) {
  const pair = el('div', 'pair', el('div', 'head', 'expected'), el('div', 'head', 'actual'));
  const n = Math.max(expected.length, actual.length);
  for (let i = 0; i < n; i++) {
    const a = expected[i] || '', b = actual[i] || '';
    let from = 0, to = 0;
    const most = Math.min(a.length, b.length);
    while (from < most && a[from] === b[from]) from++;
    // A mark begins and ends with a word.
    while (from > 0 && /\w/.test(a[from - 1])) from--;
    while (to < most - from && a[a.length - 1 - to] === b[b.length - 1 - to]) to++;
    while (to > 0 && /\w/.test(a[a.length - to])) to--;
    for (const s of [a, b]) {
      const cell = el('div', '', s.slice(0, from));
      const middle = s.slice(from, s.length - to);
      if (middle) cell.append(el('mark', '', middle));
      cell.append(visible(s.slice(s.length - to)));
      pair.append(cell);
    }
  }
  return pair;
}

function copyable(text) {
  text = visible(text);
  const pre = el('pre', 'curl', text);
  pre.tabIndex = 0;
  const button = el('button', 'copy', 'Copy curl');
  button.type = 'button';
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      const range = document.createRange();
      range.selectNodeContents(pre);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = 'Selected: press Ctrl+C';
    }
  });
  return el('div', '', button, pre);
}

function failure(f) {
  const box = el('div', 'failure', el('p', '', f.title));
  if ((f.expected || []).length) box.append(differences(f.expected, f.actual || []));
  else if (f.text) box.append(el('pre', '', f.text));
  const facts = el('dl');
  const fact = (name, value) => { if (value) facts.append(el('dt', '', name), el('dd', '', value)); };
  fact('breaks', f.facet);
  fact('at', f.pointer);
  fact('call', f.call);
  if (f.says) fact('documents', el('blockquote', '', f.says, f.source ? ' (' + f.source + ')' : ''));
  box.append(facts);
  if (f.curl) box.append(copyable(f.curl));
  return box;
}

function message(title, header, body) {
  const lines = (header || []).concat(body ? ['', body] : []);
  return lines.length ? el('div', '', el('div', 'meta', title), el('pre', '', lines.join('\n'))) : '';
}

function calls(c) {
  const box = el('div', 'calls', el('div', 'meta', 'Calls, in their order'));
  const judged = new Set((c.failures || []).map(f => f.call));
  c.calls.forEach(call => {
    const d = el('details', 'call' + (judged.has(call.id) ? ' judged' : ''),
      el('summary', '', el('span', '', call.id), el('span', '', call.actor || ''),
        el('span', 'path', call.method + ' ' + call.url), el('span', '', String(call.status || call.error)), el('span', '', call.ms + ' ms')),
      message('request', call.requestHeader, call.requestBody), message('response', call.header, call.body));
    box.append(d);
  });
  return box;
}

function body(c, within) { // within its cause, which it need not name
  const run = data.runs[c.run], op = data.operations[c.operation];
  const box = el('div', 'body');
  const facts = el('dl');
  const fact = (name, ...value) => { if (value[0]) facts.append(el('dt', '', name), el('dd', '', ...value)); };
  if ((c.failures || []).length === 0 || c.reason !== c.failures[0].title) fact('reason', c.reason);
  (c.failures || []).forEach(f => box.append(failure(f)));
  fact('request', el('code', '', op.request), ' ', op.name);
  fact('outcome', data.outcomes[c.outcome]);
  fact('level', c.level);
  references(c).forEach(s => {
    const p = data.passages[s] || {};
    fact('source', p.url ? link(p.url, s) : s, p.text && !p.url ? el('blockquote', '', p.text) : p.text ? ', ' + p.text : '');
  });
  fact('baseline', (c.baseline || []).join(', '));
  fact('bears on', (bears.get(byID.get(c.id)) || []).map(r => r.id + ' (' + r.name + ')').join('; '));
  if (c.cause !== undefined && !within) fact('cause', link('#' + data.causes[c.cause].anchor, data.causes[c.cause].title));
  if (data.files[c.file]) fact('spec', el('code', '', data.files[c.file] + ':' + c.line));
  fact('checks', String(c.checks));
  fact('link', link('#' + c.id, '#' + c.id));
  fact('exchange', data.runs.length > 1 ? run.exchange : '');
  box.append(facts);
  if (c.calls) box.append(calls(c));
  else if (c.called) box.append(el('p', 'note', c.called + ' calls: see calls.har.'));
  return box;
}

// What is folded is drawn when it is opened, by the reader or for a printer.
const fills = new Map();
function folded(d, fill) {
  fills.set(d, () => { fills.delete(d); fill(); });
  d.addEventListener('toggle', () => { if (d.open) unfold(d); });
}
function unfold(d) {
  const fill = fills.get(d);
  if (fill) fill();
  d.open = true;
}

const places = [];
function place(i) {
  if (places[i]) return places[i];
  const c = data.clauses[i];
  const d = el('details', 'clause', el('summary', '', chip(c.verdict), el('span', 'id', c.id), el('span', 'text', c.text)));
  d.id = c.id;
  folded(d, () => d.append(body(c)));
  return places[i] = d;
}

document.querySelectorAll('details.cause').forEach(d => {
  const cause = data.causes[d.dataset.cause];
  folded(d, () => {
    const box = d.querySelector('.body');
    const example = data.clauses[byID.get(cause.example)];
    box.append(el('p', '', chip(example.verdict), ' ', link('#' + example.id, example.id), ': ' + example.text));
    const full = body(example, true);
    full.className = '';
    box.append(full);
    const members = el('ul', 'members');
    cause.clauses.forEach(id => members.append(el('li', '', link('#' + id, id))));
    const all = el('details', '', el('summary', '', 'All ' + cause.clauses.length + (cause.clauses.length === 1 ? ' clause' : ' clauses')), members);
    box.append(all);
  });
});

// Tables: cells hold clauses, or say why there are none.
const order = ['FAIL', 'STALE', 'ERROR', 'UNTESTABLE', 'NOT_RUN', 'WARN', 'KNOWN', 'PASS', 'NOT_APPLICABLE', 'FILTERED'];
const kinds = {FAIL: 'bad', STALE: 'bad', PASS: 'good', NOT_APPLICABLE: 'none', FILTERED: 'none'};
function cellOf(cell, name) {
  const all = (cell.c || []).map(i => data.clauses[i]);
  if (!all.length) return el('td', 'empty', cell.e ? '–' : '');
  const bad = all.filter(c => c.verdict !== 'PASS' && kinds[c.verdict] !== 'none').length;
  const asked = all.filter(c => kinds[c.verdict] !== 'none').length;
  const worst = order[Math.min(...all.map(c => order.indexOf(c.verdict)))];
  const text = asked ? (bad ? bad + ' / ' : '') + asked : 'n/a';
  const button = el('button', 'cell ' + (kinds[worst] || 'warn'), text);
  button.type = 'button';
  button.title = name + ': ' + worst;
  button.setAttribute('aria-label', name + ': ' + bad + ' of ' + asked + ' clauses are not PASS');
  button.addEventListener('click', () => pick(all, name));
  return el('td', '', button);
}
function table(name, head, rows) {
  const line = (cells, tag) => el('tr', '', ...cells.map((c, i) => {
    if (typeof c !== 'string') return c;
    const th = el(i && tag === 'td' ? 'td' : 'th', '', c);
    if (th.tagName === 'TH') th.scope = tag === 'th' ? 'col' : 'row';
    return th;
  }));
  const box = el('div', 'wide', el('table', '', el('thead', '', line(head, 'th')), el('tbody', '', ...rows.map(r => line(r, 'td')))));
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  box.setAttribute('aria-label', visible(name));
  return box;
}
function excuses(list) {
  if (!list.length) return '';
  const said = new Map();
  list.forEach(([where, why]) => said.set(why, (said.get(why) || []).concat(where)));
  return el('ul', 'note', ...[...said].map(([why, where]) => el('li', '', why + ' (' + where.join('; ') + ')')));
}
document.querySelectorAll('details[data-grid]').forEach(d => folded(d, () => {
  const g = data.grids[d.dataset.grid], none = [];
  const rows = g.rows.map(r => [r.name, ...r.cells.map((c, i) => {
    const where = r.name + ', ' + g.columns[i];
    if (!(c.c || []).length && c.e) none.push([where, c.e]);
    return cellOf(c, where);
  })]);
  d.append(table(g.title, [g.are[0] + ' \\ ' + g.are[1], ...g.columns], rows), excuses(none));
}));
document.querySelectorAll('details[data-standard]').forEach(d => folded(d, () => {
  const s = data.standards[d.dataset.standard], none = [];
  const rows = s.requirements.map(r => [r.id, r.level, r.name, ...r.cells.map((c, i) => {
    if (!(c.c || []).length && c.e) none.push([r.id + (data.runs.length > 1 ? ', ' + data.runs[i].exchange : ''), c.e]);
    return cellOf(c, r.id);
  })]);
  d.append(el('p', 'note', link(s.url, s.url)), table(s.title, ['Requirement', 'Level', 'About, in our words', ...data.runs.map(r => r.exchange)], rows), excuses(none));
}));

// Filters
const bears = new Map();
data.standards.forEach(s => s.requirements.forEach(r => r.cells.forEach(cell => (cell.c || []).forEach(i => {
  if (!bears.has(i)) bears.set(i, []);
  bears.get(i).push(r);
}))));
const standing = data.clauses.map((c, i) => {
  const cited = references(c).filter(s => (data.passages[s] || {}).url);
  return [...new Set(cited.concat((bears.get(i) || []).map(r => r.id)))];
});
const standardsOf = c => standing[byID.get(c.id)];
let picked; // clauses of one cell of a table
function pick(clauses, name) {
  clear();
  picked = {of: new Set(clauses), name};
  show();
  if (clauses.length === 1) unfold(place(byID.get(clauses[0].id)));
  $('clauses').scrollIntoView();
}
const filters = {
  run: c => data.runs[c.run].exchange, verdict: c => c.verdict, level: c => c.level, operation: c => data.operations[c.operation].name,
  cause: c => c.cause === undefined ? '' : data.causes[c.cause].title, standard: standardsOf,
};
const haystack = [];
const text = (c, i) => haystack[i] ||= [c.id, c.text, data.operations[c.operation].request, data.operations[c.operation].name, data.outcomes[c.outcome], data.sources[c.source], ...standardsOf(c)].join(' ').toLowerCase();
for (const [name, of] of Object.entries(filters)) {
  const counts = new Map();
  data.clauses.forEach(c => [of(c)].flat().forEach(v => { if (v) counts.set(v, (counts.get(v) || 0) + 1); }));
  const select = $('f-' + name);
  const option = (value, text) => { const o = el('option', '', text); o.value = value; select.append(o); };
  option('', 'all');
  const values = [...counts.keys()];
  if (name !== 'cause' && name !== 'verdict') values.sort();
  values.forEach(v => option(v, (v.length > 70 ? v.slice(0, 70) + '…' : v) + ' (' + counts.get(v) + ')'));
  select.parentElement.hidden = counts.size < (name === 'standard' || name === 'cause' ? 1 : 2);
}

// The list is drawn a screenful at once, and on while nobody waits for the page.
const screenful = 100;
let waiting = []; // clauses that are found and not drawn
let next;         // of the calls that draw them
const idle = window.requestIdleCallback || (f => setTimeout(f, 20));
function draw(most) {
  $('list').append(...waiting.slice(0, most).map(place));
  waiting = waiting.slice(most);
  if (waiting.length && !next) next = idle(() => { next = 0; draw(screenful); });
}
function drawUntil(i) {
  const at = waiting.indexOf(i);
  if (at >= 0) draw(at + 1);
}

function show() {
  const words = $('q').value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = Object.entries(filters).map(([name, of]) => [of, $('f-' + name).value]).filter(([, v]) => v);
  const found = [];
  data.clauses.forEach((c, i) => {
    if ((!picked || picked.of.has(c)) && words.every(w => text(c, i).includes(w)) && wanted.every(([of, v]) => [of(c)].flat().includes(v))) found.push(i);
  });
  $('list').replaceChildren();
  waiting = found;
  draw(screenful);
  $('count').textContent = found.length + ' of ' + data.clauses.length + ' clauses' + (picked ? ': ' + visible(picked.name) : '') + '.';
}
const form = document.querySelector('.filters');
form.addEventListener('input', () => { picked = undefined; show(); });
form.addEventListener('submit', e => e.preventDefault());
let clearing = false;
form.addEventListener('reset', () => { picked = undefined; if (!clearing) setTimeout(show); }); // the fields are emptied after the event
function clear() {
  clearing = true;
  form.reset();
  clearing = false;
}
document.querySelectorAll('.heat .cell').forEach(b => b.addEventListener('click', () => {
  clear();
  $('f-run').value = b.dataset.run;
  $('f-operation').value = b.dataset.operation;
  $('f-level').value = b.dataset.level;
  show();
  $('clauses').scrollIntoView();
}));

// Deep links
function go() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (byID.has(id)) {
    const i = byID.get(id), d = place(i);
    if (!d.isConnected && !waiting.includes(i)) { clear(); show(); }
    drawUntil(i);
    unfold(d);
    d.scrollIntoView();
    d.firstElementChild.focus({preventScroll: true});
  } else if ($(id) instanceof HTMLDetailsElement) {
    unfold($(id));
    $(id).scrollIntoView();
  }
}
addEventListener('hashchange', go);

addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    if (e.key === 'Escape') document.activeElement.blur();
    return;
  }
  if (e.key === '/') { e.preventDefault(); $('q').focus(); }
  if (e.key !== 'j' && e.key !== 'k') return;
  if (document.activeElement === $('list').lastElementChild?.firstElementChild) draw(screenful);
  const all = [...document.querySelectorAll('details.cause > summary, details.clause > summary')];
  const at = all.indexOf(document.activeElement);
  const next = all[Math.min(Math.max(at + (e.key === 'j' ? 1 : -1), 0), all.length - 1)];
  if (next) next.focus();
});

// What is printed cannot be unfolded: causes, with all their clauses and the calls that
// were judged, changes, tables, and each clause that is found in a line.
let printed = [];
addEventListener('beforeprint', () => {
  draw(waiting.length);
  const open = selector => document.querySelectorAll(selector).forEach(d => {
    if (!d.open) printed.push(d);
    unfold(d);
  });
  open('details.cause, details.changed, details.grid, details.sentences');
  open('details.cause details:not(.call), details.call.judged');
});
addEventListener('afterprint', () => { printed.forEach(d => { d.open = false; }); printed = []; });

show();
go();
document.documentElement.dataset.ready = document.querySelectorAll('#list > details').length;
})();
