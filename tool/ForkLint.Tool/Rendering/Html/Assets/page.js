// Draws the charts of a page. Everything is worked out and worded before (Charts.cs): this lays out, scales and answers to clicks and keys. Names get onto the
// page as text only. Colours are classes of the style sheet, so that dark mode and paper need nothing here.
'use strict';
(() => {
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

  /** Bytes for an axis, in the unit of its largest tick. */
  const sizes = largest => {
    const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, largest)) / 10)));
    return bytes => bytes === 0 ? '0' : `${d3.format('~r')(+(bytes / 1024 ** unit).toPrecision(3))} ${units[unit]}`;
  };

  /** Ticks at round figures in powers of 1024. */
  const sizeTicks = (largest, count) => {
    const unit = 1024 ** Math.max(0, Math.floor(Math.log2(Math.max(1, largest)) / 10));
    return d3.ticks(0, largest / unit, count).map(tick => tick * unit);
  };

  const times = largest => largest >= 120000 ? ms => `${d3.format('~r')(+(ms / 60000).toPrecision(4))} min`
    : largest >= 2000 ? ms => `${d3.format('~r')(+(ms / 1000).toPrecision(4))} s`
    : ms => `${d3.format('~r')(+ms.toPrecision(4))} ms`;

  /** Draws now, and again whenever the width changes. */
  const drawn = (id, draw) => {
    const chart = document.getElementById(id);
    chart.hidden = false;
    const canvas = chart.querySelector('.canvas');
    let width = 0;
    const redraw = () => {
      const now = Math.floor(canvas.clientWidth);
      if (now > 0 && now !== width) {
        width = now;
        draw(canvas, width);
      }
    };
    new ResizeObserver(redraw).observe(canvas);
    redraw();
    return () => draw(canvas, Math.floor(canvas.clientWidth));
  };

  const picture = (canvas, width, height, label) => {
    canvas.replaceChildren();
    return d3.select(canvas).append('svg').attr('viewBox', `0 0 ${width} ${height}`).attr('role', 'group').attr('aria-label', label);
  };

  /** Sets a text, cut to what fits into a width. */
  const fit = (element, text, width) => {
    element.textContent = text;
    const length = element.getComputedTextLength();
    if (length > width) {
      const most = Math.floor(text.length * width / length) - 1;
      element.textContent = most < 2 ? '' : `${text.slice(0, most)}…`;
    }
  };

  const axis = (svg, make, x, y) => svg.append('g').attr('class', 'axis').attr('transform', `translate(${x},${y})`).call(make.tickSizeOuter(0));

  const holders = root => {
    const chart = document.getElementById('holders');
    const path = chart.querySelector('.path');
    const said = chart.querySelector('.said');
    let figure = 'chargeBytes';
    let place = [root];

    const figures = node => `${node.charge} of charge, ${node.resident} resident`;
    const share = (node, whole) => whole[figure] > 0 ? `, ${d3.format('.1~f')(100 * node[figure] / whole[figure])} %` : '';
    const say = node => {
      said.replaceChildren();
      d3.select(said).append('b').text(node.title);
      d3.select(said).append('span').text(` ${figures(node)}${share(node, root)}`);
      if (node.action) {
        d3.select(said).append('span').attr('class', 'quiet').text(node.action);
      }
    };

    const draw = (canvas, width) => {
      const here = place[place.length - 1];
      const height = width < 560 ? 380 : 440;
      const svg = picture(canvas, width, height, 'Memory by who holds it');
      const tree = d3.hierarchy(here).sum(node => node.children.length ? 0 : node[figure]).sort((a, b) => b.value - a.value);
      d3.treemap().size([width, height]).paddingOuter(node => node.depth === 0 ? 0 : 3).paddingInner(2).paddingTop(node => node.depth === 0 ? 0 : 22).round(true)(tree);
      const nodes = tree.descendants().filter(node => (node.depth > 0 || !node.children) && node.depth <= 3 && node.x1 > node.x0 && node.y1 > node.y0);
      const cells = svg.selectAll('g').data(nodes).join('g')
        .attr('class', node => `cell${node.data.children.length ? ' group' : ''}`)
        .attr('transform', node => `translate(${node.x0},${node.y0})`)
        .attr('tabindex', 0)
        .attr('role', node => node.data.children.length ? 'button' : 'img')
        .attr('aria-label', node => `${node.data.title}: ${figures(node.data)}`)
        .on('pointerenter focus', (_, node) => say(node.data))
        .on('click', (event, node) => walk(event, node))
        .on('keydown', (event, node) => event.key === 'Enter' || event.key === ' ' ? walk(event, node) : event.key === 'Escape' && place.length > 1 ? go(place.slice(0, -1)) : undefined);
      cells.append('title').text(node => `${node.data.title}\n${figures(node.data)}`);
      cells.append('rect').attr('class', node => `k-${node.data.kind}${node.data.children.length && node.depth < 3 ? ' frame' : ''}`)
        .attr('width', node => node.x1 - node.x0).attr('height', node => node.y1 - node.y0).attr('rx', 3);
      cells.filter(node => node.y1 - node.y0 >= 17).append('text').attr('x', 6).attr('y', 15)
        .each(function (node) { fit(this, node.data.name, node.x1 - node.x0 - 10); });
      cells.filter(node => (node.depth === 3 || !node.data.children.length) && node.y1 - node.y0 >= 34).append('text').attr('class', 'small').attr('x', 6).attr('y', 30)
        .each(function (node) { fit(this, figure === 'chargeBytes' ? node.data.charge : node.data.resident, node.x1 - node.x0 - 10); });
      if (!tree.value) {
        svg.append('text').attr('class', 'small').attr('x', 6).attr('y', 20).text('None of it is of that kind.');
      }
    };

    const redraw = drawn('holders', draw);

    const go = next => {
      place = next;
      path.replaceChildren();
      place.forEach((node, depth) => {
        const isHere = depth === place.length - 1;
        const step = d3.select(path).append(isHere ? 'span' : 'button').text(node.name);
        if (isHere) {
          step.attr('aria-current', 'location');
        } else {
          step.attr('type', 'button').on('click', () => go(place.slice(0, depth + 1)));
        }
      });
      say(place[place.length - 1]);
      redraw();
    };

    /** Into the group that was chosen, or the one that a chosen holder is in. */
    const walk = (event, node) => {
      event.preventDefault();
      event.stopPropagation();
      const group = node.data.children.length ? node : node.parent;
      if (group && group.depth > 0) {
        go([...place, ...group.ancestors().reverse().slice(1).map(ancestor => ancestor.data)]);
      } else {
        say(node.data);
      }
    };

    chart.querySelectorAll('.switch button').forEach(button => button.addEventListener('click', () => {
      figure = button.dataset.figure;
      chart.querySelectorAll('.switch button').forEach(other => other.setAttribute('aria-pressed', String(other === button)));
      go(place);
    }));
    go(place);
  };

  const copyOnWrite = data => drawn('copy-on-write', (canvas, width) => {
    const height = 240;
    const edge = { top: 12, right: 28, bottom: 26, left: 64 };
    const svg = picture(canvas, width, height, 'Growth of the unique memory of parent and child');
    const last = data.points[data.points.length - 1].at;
    const largest = Math.max(64 * 1024, d3.max(data.points, point => Math.max(point.child, point.parent)));
    const isNear = data.sharedBytes <= 3 * largest;
    const lowest = Math.min(0, d3.min(data.points, point => Math.min(point.child, point.parent)));
    const x = d3.scaleLinear([0, last], [edge.left, width - edge.right]);
    const y = d3.scaleLinear([lowest, isNear ? data.sharedBytes * 1.05 : largest * 1.1], [height - edge.bottom, edge.top]);
    axis(svg, d3.axisBottom(x).ticks(width / 110).tickFormat(times(last)), 0, height - edge.bottom);
    axis(svg, d3.axisLeft(y).tickValues(sizeTicks(y.domain()[1], 5)).tickFormat(sizes(y.domain()[1])), edge.left, 0);
    if (isNear) {
      svg.append('line').attr('class', 'limit').attr('x1', edge.left).attr('x2', width - edge.right).attr('y1', y(data.sharedBytes)).attr('y2', y(data.sharedBytes));
      svg.append('text').attr('class', 'small').attr('x', width - edge.right).attr('y', y(data.sharedBytes) + 14).attr('text-anchor', 'end').text('all that both sides share');
    }
    for (const side of ['parent', 'child']) {
      svg.append('path').attr('class', `line l-${side}`).datum(data.points)
        .attr('d', d3.line().x(point => x(point.at)).y(point => y(point[side])));
    }
  });

  const timeline = data => {
    const chart = document.getElementById('timeline');
    const said = chart.querySelector('.said');
    const whole = chart.querySelector('.whole');
    let shown = [0, data.length];

    const say = span => {
      said.replaceChildren();
      d3.select(said).append('b').text(span.title);
      d3.select(said).append('span').text(` ${span.figures}`);
      if (span.caller) {
        d3.select(said).append('span').attr('class', 'quiet').text(`started by ${span.caller}`);
      }
    };

    const draw = (canvas, width) => {
      const edge = { top: 22, right: 28, bottom: 26, left: 64 };
      const memory = 190;
      const lane = Math.max(3, Math.min(16, 640 / data.lanes));
      const height = edge.top + memory + 18 + data.lanes * lane + edge.bottom;
      const svg = picture(canvas, width, height, 'Children over time');
      const largest = Math.max(1, d3.max(data.steps, step => step.bytes));
      const isNear = data.roomBytes !== null && data.roomBytes > 0 && data.roomBytes <= 4 * largest;
      const top = Math.max(largest, isNear ? data.roomBytes : 0) * 1.08;
      const x = d3.scaleLinear(shown, [edge.left, width - edge.right]);
      const y = d3.scaleLinear([0, top], [edge.top + memory, edge.top]);
      const clip = `clip-${Math.round(width)}`;
      svg.append('clipPath').attr('id', clip).append('rect').attr('x', edge.left).attr('width', width - edge.left - edge.right).attr('height', height);
      axis(svg, d3.axisLeft(y).tickValues(sizeTicks(top, 5)).tickFormat(sizes(top)), edge.left, 0);
      axis(svg, d3.axisBottom(x).ticks(Math.max(2, width / 110)).tickFormat(times(shown[1])), 0, height - edge.bottom);

      const inside = svg.append('g').attr('clip-path', `url(#${clip})`);
      const steps = [...data.steps, { at: data.length, bytes: data.steps[data.steps.length - 1].bytes }];
      inside.append('path').attr('class', 'area').datum(steps).attr('d', d3.area().curve(d3.curveStepAfter).x(step => x(step.at)).y0(y(0)).y1(step => y(step.bytes)));
      if (isNear) {
        inside.append('rect').attr('class', 'beyond').attr('x', edge.left).attr('width', width - edge.left - edge.right).attr('y', edge.top).attr('height', Math.max(0, y(data.roomBytes) - edge.top));
        svg.append('line').attr('class', 'limit').attr('x1', edge.left).attr('x2', width - edge.right).attr('y1', y(data.roomBytes)).attr('y2', y(data.roomBytes));
      }
      if (data.room) {
        svg.append('text').attr('class', 'small').attr('x', width - edge.right).attr('y', isNear ? Math.max(14, y(data.roomBytes) - 5) : 14).attr('text-anchor', 'end').text(isNear ? data.room : `${data.room}, far above`);
      }

      const brush = d3.brushX().extent([[edge.left, edge.top], [width - edge.right, edge.top + memory]]).on('end', event => {
        if (event.selection) {
          const [from, to] = event.selection.map(x.invert);
          show(to - from >= 1 ? [from, to] : shown);
        }
      });
      inside.append('g').attr('class', 'brush').call(brush);
      inside.append('g').selectAll('rect').data(data.spans.filter(span => span.to >= shown[0] && span.from <= shown[1])).join('rect')
        .attr('class', span => `span p-${span.program}`)
        .attr('x', span => x(span.from)).attr('width', span => Math.max(1.5, x(span.to) - x(span.from)))
        .attr('y', span => edge.top + memory + 18 + span.lane * lane).attr('height', Math.max(2, lane - 1)).attr('rx', lane > 6 ? 2 : 0)
        .attr('tabindex', data.spans.length <= 200 ? 0 : null)
        .attr('role', 'img').attr('aria-label', span => `${span.title}: ${span.figures}`)
        .on('pointerenter focus click', (_, span) => say(span))
        .append('title').text(span => `${span.title}\n${span.figures}`);
    };

    const redraw = drawn('timeline', draw);
    const show = range => {
      shown = range;
      whole.hidden = range[0] === 0 && range[1] === data.length;
      redraw();
    };
    whole.addEventListener('click', () => show([0, data.length]));
    if (data.spans.length) {
      say(data.spans.reduce((largest, span) => span.peak > largest.peak ? span : largest));
    }
  };

  if (charts.holders) {
    holders(charts.holders);
  }
  if (charts.copyOnWrite) {
    copyOnWrite(charts.copyOnWrite);
  }
  if (charts.timeline) {
    timeline(charts.timeline);
  }

  const save = document.getElementById('save');
  save.hidden = false;
  save.addEventListener('click', () => {
    const report = JSON.parse(document.getElementById('report').textContent);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2), '\n'], { type: 'application/json' }));
    link.download = save.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
})();
