// The model tree as an icicle: root at the left, a node's height its energy. Click or Enter zooms in.
(() => {
  'use strict';
  const element = (id) => document.getElementById(id);
  const chart = element('icicle');
  const detail = element('icicle-detail');
  const path = element('icicle-path');
  const out = element('icicle-out');
  const choice = element('icicle-model');
  // `origin` is `Measured`, `Replayed` or `Simulated`: no energy that is not measured may be called so.
  const { origin, trees } = JSON.parse(element('trees').textContent);

  // An error from here on has the strongest colour.
  const strongestPct = 20;
  // A node lower than this, in pixels, has no room for its name.
  const labelHeight = 11;
  // Of a line of text, in pixels; two of them fit a node from here on.
  const lineHeight = 18;
  const twoLines = 38;

  let nodes = [];
  let zoomed = null;
  let selected = null;

  function build(tree) {
    nodes = [];
    for (const [parent, type, scope, measured, sd, predicted, alpha] of tree.nodes) {
      const above = nodes[parent] ?? null;
      const node = {
        above,
        type,
        scope,
        measured,
        sd,
        predicted,
        alpha,
        below: [],
        depth: above ? above.depth + 1 : 0,
      };
      above?.below.push(node);
      nodes.push(node);
    }
    const [root] = nodes;
    root.top = 0;
    root.height = 1;
    for (const node of nodes) {
      node.sum = node.below.reduce((sum, child) => sum + child.measured, 0);
      // Children that add up to more than their parent are drawn to scale within it.
      const whole = Math.max(node.measured, node.sum);
      let top = node.top;
      for (const child of node.below) {
        child.top = top;
        child.height = (node.height * child.measured) / whole;
        top += child.height;
      }
    }
    return root;
  }

  const joules = (value) =>
    value === null ? '–' : value >= 1 ? `${value.toPrecision(4)} J` : `${(1000 * value).toPrecision(3)} mJ`;
  const percent = (value, digits = 1) => (value === null ? '–' : `${value.toFixed(digits)} %`);
  const signed = (value) => (value === null ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)} %`);
  const errorOf = (node) => (node.predicted === null ? null : (100 * (node.predicted - node.measured)) / node.measured);
  const share = (node, of) => (nodes[0][of] === null || node[of] === null ? null : (100 * node[of]) / nodes[0][of]);
  const small = (value) => (value !== null && value < 1 ? 3 : 1);
  // A module is known by its class, of like ones by its number; a primitive by its own name too.
  const nameOf = (node) => {
    const own = node.above && node.scope !== node.above.scope ? node.scope.split('.').pop() : '';
    return own && own !== node.type && (node.below.length === 0 || /^\d+$/.test(own))
      ? `${node.type} ${own}`
      : node.type;
  };

  function draw() {
    const deepest = Math.max(...nodes.filter((node) => within(node)).map((node) => node.depth));
    const columns = deepest - zoomed.depth + 1;
    const pixels = chart.clientHeight;
    for (const node of nodes) {
      const { style } = node.item;
      node.item.hidden = !within(node);
      if (node.item.hidden) continue;
      const height = node.height / zoomed.height;
      style.left = `${(100 * (node.depth - zoomed.depth)) / columns}%`;
      style.width = `${100 / columns}%`;
      style.top = `${(100 * (node.top - zoomed.top)) / zoomed.height}%`;
      style.height = `${100 * height}%`;
      style.lineHeight = `${Math.min(lineHeight, height * pixels - 1)}px`;
      node.item.classList.toggle('small', height * pixels < labelHeight);
      node.item.classList.toggle('tall', height * pixels >= twoLines);
      node.item.setAttribute('aria-expanded', String(node.below.length > 0));
      if (node.below.length === 0) node.item.removeAttribute('aria-expanded');
    }
    out.disabled = !zoomed.above;
    crumbs();
  }

  function within(node) {
    for (let at = node; at; at = at.above) if (at === zoomed) return true;
    return false;
  }

  function crumbs() {
    path.replaceChildren();
    const chain = [];
    for (let at = zoomed; at; at = at.above) chain.unshift(at);
    chain.forEach((node, i) => {
      if (i > 0) path.append(' › ');
      if (node === zoomed) return path.append(nameOf(node));
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = nameOf(node);
      button.addEventListener('click', () => zoom(node));
      path.append(button);
    });
  }

  function show(node) {
    const heading = document.createElement('h3');
    heading.textContent = node.type;
    const where = document.createElement('p');
    where.textContent = node.scope || 'the whole model';
    const facts = document.createElement('dl');
    const rows = [
      [origin, joules(node.measured)],
      ['± over rounds', joules(node.sd)],
      ['Predicted', joules(node.predicted)],
      ['Difference', signed(errorOf(node))],
      [`Share, ${origin.toLowerCase()}`, percent(share(node, 'measured'), small(share(node, 'measured')))],
      ['Share, predicted', percent(share(node, 'predicted'), small(share(node, 'predicted')))],
      ['α', node.alpha === null ? '–' : node.alpha.toFixed(4)],
    ];
    if (node.below.length > 0) rows.push(['Children add up to', percent((100 * node.sum) / node.measured)]);
    for (const [name, value] of rows) {
      const term = document.createElement('dt');
      term.textContent = name;
      const text = document.createElement('dd');
      text.textContent = value;
      facts.append(term, text);
    }
    detail.replaceChildren(heading, where, facts);
  }

  function select(node, focus = true) {
    if (selected) {
      selected.item.tabIndex = -1;
      selected.item.setAttribute('aria-selected', 'false');
    }
    selected = node;
    node.item.tabIndex = 0;
    node.item.setAttribute('aria-selected', 'true');
    if (focus) node.item.focus({ preventScroll: true });
    show(node);
  }

  function zoom(node, focus = true) {
    zoomed = node;
    draw();
    select(node, focus);
  }

  const zoomOut = () => zoomed.above && zoom(zoomed.above);

  function click(node) {
    if (node === zoomed) return node.above ? zoom(node.above) : select(node);
    if (node.below.length > 0) zoom(node);
    else select(node);
  }

  // The next node of the same depth in sight, above or below.
  function beside(node, step) {
    const column = nodes.filter((other) => other.depth === node.depth && within(other));
    return column[column.indexOf(node) + step];
  }

  const keys = {
    ArrowRight: (node) => node.below[0],
    ArrowLeft: (node) => (node === zoomed ? undefined : node.above),
    ArrowDown: (node) => beside(node, 1),
    ArrowUp: (node) => beside(node, -1),
  };

  function press(event, node) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      if (node !== zoomed && node.below.length > 0) zoom(node);
    } else if (event.key === 'Escape') zoomOut();
    else if (event.key === 'Home') zoom(nodes[0]);
    else if (keys[event.key]) {
      const next = keys[event.key](node);
      if (next) select(next);
    } else return;
    event.preventDefault();
  }

  function item(node) {
    const made = document.createElement('div');
    const error = errorOf(node);
    made.setAttribute('role', 'treeitem');
    made.setAttribute('aria-level', String(node.depth + 1));
    const siblings = node.above ? node.above.below : [node];
    made.setAttribute('aria-posinset', String(siblings.indexOf(node) + 1));
    made.setAttribute('aria-setsize', String(siblings.length));
    made.setAttribute('aria-selected', 'false');
    const off = error === null ? '' : `, predicted ${joules(node.predicted)}, ${signed(error)}`;
    made.setAttribute(
      'aria-label',
      `${nameOf(node)}: ${origin.toLowerCase()} ${joules(node.measured)}, ${percent(share(node, 'measured'), small(share(node, 'measured')))} of the model${off}`,
    );
    made.tabIndex = -1;
    made.textContent = nameOf(node);
    made.dataset.value = `${joules(node.measured)} · ${percent(share(node, 'measured'), small(share(node, 'measured')))}`;
    if (error !== null) {
      made.className = error > 0 ? 'over' : 'under';
      made.style.setProperty('--strength', `${Math.min(100, (100 * Math.abs(error)) / strongestPct).toFixed(0)}%`);
    }
    made.addEventListener('click', () => click(node));
    made.addEventListener('keydown', (event) => press(event, node));
    made.addEventListener('pointermove', () => show(node));
    return made;
  }

  function open(tree) {
    const root = build(tree);
    selected = null;
    for (const node of nodes) node.item = item(node);
    chart.replaceChildren(...nodes.map((node) => node.item));
    chart.setAttribute('aria-label', `Model tree of ${tree.title}`);
    zoom(root, false);
  }

  if (trees.length === 0) return;
  for (const tree of trees) {
    const option = document.createElement('option');
    option.value = tree.name;
    option.textContent = tree.title;
    choice.append(option);
  }
  choice.addEventListener('change', () => open(trees.find((tree) => tree.name === choice.value)));
  out.addEventListener('click', zoomOut);
  chart.addEventListener('pointerleave', () => show(selected));
  addEventListener('resize', draw);
  open(trees[0]);
})();
