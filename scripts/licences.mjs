// The licences that others' code may have, and which of a choice of them we take.
import parse from 'spdx-expression-parse';

/** In the page itself, the first ones preferred. deny.toml says the same for all crates. */
export const ALLOWED = ['MIT', 'Zlib', 'BSL-1.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'Apache-2.0', 'Unicode-3.0'];

/** Returns the licences of an SPDX expression that apply to us, or null when none of `allowed` can be chosen. */
export const choose = (expression, allowed) => {
  const pick = (node) => {
    if (node.license) return allowed.includes(node.exception ? `${node.license} WITH ${node.exception}` : node.license) ? [node.license] : null;
    const [left, right] = [pick(node.left), pick(node.right)];
    if (node.conjunction === 'and') return left && right && [...new Set([...left, ...right])];
    if (!left || !right) return left ?? right;
    const rank = (terms) => Math.max(...terms.map((one) => allowed.indexOf(one)));
    return rank(right) < rank(left) ? right : left;
  };
  // Older packages of crates.io write a slash for OR.
  return pick(parse(expression.replaceAll('/', ' OR ')));
};

export const termsOf = (expression) => {
  const terms = choose(expression, ALLOWED);
  if (!terms) throw new Error(`no licence of "${expression}" is allowed in the page`);
  return terms;
};
