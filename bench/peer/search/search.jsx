// A list of customers as a good React developer would write it: strings normalised once, a deferred query, a virtual list.
import { useVirtualizer } from '@tanstack/react-virtual';
import { createElement as h, memo, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

const fold = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

const rank = (customer, words) => {
  let sum = 0;
  for (const word of words) {
    const at = customer.foldedName.indexOf(word);
    if (at === 0) continue;
    if (at > 0 && customer.foldedName[at - 1] === ' ') sum += 1;
    else if (customer.foldedDomain.includes(word)) sum += 2;
    else sum += 3;
  }
  return sum;
};

const search = (customers, query) => {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return { words, found: customers };
  const buckets = Array.from({ length: words.length * 3 + 1 }, () => []);
  for (const customer of customers) {
    if (words.every((word) => customer.all.includes(word))) buckets[rank(customer, words)].push(customer);
  }
  return { words, found: buckets.flat() };
};

const Marked = memo(({ text, words }) => {
  const folded = fold(text);
  for (const word of words) {
    const at = folded.indexOf(word);
    if (at >= 0 && folded.length === text.length) return [text.slice(0, at), h('mark', { key: 'm' }, text.slice(at, at + word.length)), text.slice(at + word.length)];
  }
  return text;
});

const Row = memo(({ customer, words, start, index }) =>
  h(
    'div',
    { role: 'row', className: 'row', 'aria-rowindex': index + 1, 'aria-label': customer.displayName, style: { transform: `translateY(${start}px)` } },
    h('input', { type: 'checkbox', 'aria-label': `Select ${customer.displayName}` }),
    h(
      'span',
      { className: 'who' },
      h('span', null, h(Marked, { text: customer.displayName, words })),
      h('span', null, h(Marked, { text: customer.defaultDomainName ?? '', words }), ' ', h(Marked, { text: customer.tenantId, words })),
      h('span', null, customer.status),
    ),
    h('button', null, 'Details'),
    h('button', null, 'Open session'),
  ),
);

const List = memo(({ found, words, query }) => {
  const parent = useRef(null);
  const virtual = useVirtualizer({ count: found.length, getScrollElement: () => parent.current, estimateSize: () => 72, overscan: 3 });
  useEffect(() => {
    if (parent.current) parent.current.scrollTop = 0;
  }, [query]);
  return h(
    'div',
    { ref: parent, className: 'list', role: 'grid', tabIndex: 0, 'aria-label': 'Customers', 'aria-rowcount': found.length, 'data-query': query },
    h(
      'div',
      { role: 'presentation', style: { height: virtual.getTotalSize(), position: 'relative' } },
      virtual.getVirtualItems().map((item) => h(Row, { key: found[item.index].tenantId, customer: found[item.index], words, start: item.start, index: item.index })),
    ),
  );
});

const Page = ({ customers }) => {
  const [typed, setTyped] = useState('');
  const query = useDeferredValue(typed);
  const { found, words } = useMemo(() => search(customers, query), [customers, query]);
  return h(
    'main',
    null,
    h('h1', null, 'Partner Access'),
    h('input', { type: 'search', 'aria-label': 'Search customers', autoFocus: true, value: typed, onChange: (event) => setTyped(event.target.value) }),
    h('p', { role: 'status' }, `${found.length} of ${customers.length} customers`),
    h(List, { found, words, query }),
  );
};

const load = async () => {
  const answer = await fetch('/customers.json');
  const text = await answer.text();
  window.arrived = performance.now();
  const customers = JSON.parse(text);
  for (const customer of customers) {
    customer.foldedName = fold(customer.displayName);
    customer.foldedDomain = customer.defaultDomainName ?? '';
    customer.all = `${customer.foldedName}\n${customer.foldedDomain}\n${customer.tenantId}`;
  }
  customers.sort((a, b) => (a.foldedName < b.foldedName ? -1 : 1));
  createRoot(document.getElementById('root')).render(h(Page, { customers }));
};
load();
