// Static checks over src/ and crates/ that no compiler makes. Each failure names file and reason.
import { readFileSync, readdirSync, statSync } from 'node:fs';

const faults = [];
const fault = (where, why) => faults.push(`${where}: ${why}`);
const walk = (folder) =>
  readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    return statSync(path).isDirectory() ? walk(path) : [path];
  });

/** Who may not import whom within the application; what the crates may know of each other stands in their manifests. */
const FORBIDDEN = {
  store: ['check', 'entra', 'graph', 'plan', 'app', 'components', 'text'],
  platform: ['check', 'entra', 'graph', 'plan', 'store', 'app', 'components', 'text'],
  app: ['components'],
  components: ['platform', 'graph', 'store'],
};

/** Returns the modules that a file names: the paths of its use statements, and those in its code. A link in a comment is no import. */
const named = (source) => {
  const text = source.replace(/^\s*\/\/.*$/gm, '');
  const paths = [];
  const flatten = (prefix, tree) => {
    const open = tree.indexOf('{');
    const path = (open < 0 ? tree : tree.slice(0, open)).split('::').map((part) => part.trim().split(' as ')[0]).filter(Boolean);
    if (open < 0) return paths.push([...prefix, ...path]);
    let depth = 0;
    let from = open + 1;
    for (let at = open; at < tree.length; at += 1) {
      if (tree[at] === '{') depth += 1;
      if (tree[at] === '}') depth -= 1;
      if ((tree[at] === ',' && depth === 1) || (tree[at] === '}' && depth === 0)) {
        flatten([...prefix, ...path], tree.slice(from, at));
        from = at + 1;
      }
    }
  };
  for (const [, tree] of text.matchAll(/^\s*(?:pub(?:\([^)]*\))? )?use ([^;]+);/gm)) flatten([], tree);
  for (const [path] of text.matchAll(/\b(?:crate|super|self)(?:::[a-z_]\w*)+/g)) paths.push(path.split('::'));
  return paths;
};

/** Names files of a crate that import each other in a circle. A folder's own mod.rs and its files belong together. */
const circles = (root) => {
  const files = walk(root).filter((path) => path.endsWith('.rs'));
  const moduleOf = (file) => file.slice(root.length + 1, -3).split('/').filter((part, at, all) => at < all.length - 1 || !['mod', 'lib', 'main'].includes(part));
  const byModule = new Map(files.map((file) => [moduleOf(file).join('::'), file]));
  const fileOf = (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const file = byModule.get(path.slice(0, length).join('::'));
      if (file) return file;
    }
    return null;
  };
  const isAround = (outer, inner) => outer.length < inner.length && outer.every((part, at) => part === inner[at]);
  const imports = new Map(files.map((file) => {
    const own = moduleOf(file);
    const others = named(readFileSync(file, 'utf8')).flatMap((path) => {
      const ups = path.findIndex((part) => part !== 'super');
      if (path[0] === 'crate') return [fileOf(path.slice(1))];
      if (path[0] === 'self') return [fileOf([...own, ...path.slice(1)])];
      return ups > 0 ? [fileOf([...own.slice(0, -ups), ...path.slice(ups)])] : [];
    });
    const apart = (other) => other && other !== file && !isAround(own, moduleOf(other)) && !isAround(moduleOf(other), own);
    return [file, new Set(others.filter(apart))];
  }));
  const reaches = (from) => {
    const seen = new Set();
    const open = [from];
    while (open.length) {
      for (const next of imports.get(open.pop())) {
        if (!seen.has(next)) open.push(next);
        seen.add(next);
      }
    }
    return seen;
  };
  const reached = new Map(files.map((file) => [file, reaches(file)]));
  for (const file of files.filter((one) => reached.get(one).has(one))) {
    const partners = [...imports.get(file)].filter((other) => reached.get(other).has(file));
    fault(file, `imports ${partners.join(' and ')}, which ${partners.length > 1 ? 'import' : 'imports'} it`);
  }
};

/** Literals that no person reads: they go to Graph, into a token, or together with words of crates/text. */
const UNREAD = [
  /^"Bearer /,
  /^"\{\w*\}(:? \{\w*\})*"$/,
  /^"the tokens are of another account"$/,
  // Selectors, classes and keys of the keyboard.
  /^"\.[a-z]/,
  /^"(button|chip|step) \1--[a-z{}]+"$/,
  /^"(Arrow(Down|Up|Left|Right)|Enter|Escape|Home|End|Page(Down|Up))"$/,
  /^"CARGO_PKG_VERSION"$/,
];
/** Attributes of a view whose values nobody reads. */
const ATTRIBUTES = /\b(?:class|type|role|scope|rel|target|autocomplete|spellcheck|inputmode|id|for|name)=(?:format!\()?"[^"]*"/g;

/** Returns the literals of a file that somebody would read: several words in a row, or in a view one with a capital. */
const sentencesIn = (text, isView) => {
  const code = text.replace(/^\s*#!?\[.*\]$/gm, '').replace(/("(?:[^"\\]|\\.)*")|\/\/.*$/gm, (_, literal) => literal ?? '').replace(ATTRIBUTES, '');
  const literals = code.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  const read = isView ? /[A-Z][a-z]|[A-Za-z’'}]+[,:]? [A-Za-z’'{]+|^"[A-Z]/ : /[A-Za-z’'}]+[,:]? [A-Za-z’'{]+/;
  return literals.filter((literal) => read.test(literal) && !UNREAD.some((pattern) => pattern.test(literal)));
};

/** Names the words of screens that no screen shows any more. */
const unusedWords = () => {
  const sources = [...walk('src'), ...walk('crates/text/src')].filter((path) => path.endsWith('.rs')).map((path) => readFileSync(path, 'utf8'));
  // A file may call the words by another name.
  const isShown = (words, name) =>
    sources.some((text) => [words, ...[...text.matchAll(new RegExp(`\\b${words} as (\\w+)`, 'g'))].map(([, other]) => other)].some((called) => new RegExp(`\\b${called}::${name}\\b`).test(text)));
  for (const path of walk('crates/text/src/screens')) {
    for (const [, words, names] of readFileSync(path, 'utf8').matchAll(/^words! \{\n(?: +\/\/\/.*\n)*    (\w+) \{([^]*?)^\}/gm)) {
      for (const [, name] of names.matchAll(/^ {8}(\w+) =>/gm)) {
        if (!isShown(words, name)) fault(path, `${words}::${name} is not shown anywhere`);
      }
    }
  }
};

const source = () => {
  const crates = readdirSync('crates').map((name) => `crates/${name}/src`);
  for (const root of ['src', ...crates, 'emulator/src']) circles(root);
  unusedWords();
  for (const path of ['src', ...crates].flatMap(walk)) {
    const text = readFileSync(path, 'utf8');
    const layer = path.split('/')[1];
    for (const other of FORBIDDEN[layer] ?? []) {
      // A pure layer is a crate: it can be reached by its own name too.
      const reaches = new RegExp(`crate::${other}\\b|use crate::\\{[^}]*\\b${other}::|^\\s*(?:pub )?use (?:::)?${other}\\b|(?<![\\w:>])::${other}::`, 'm');
      if (reaches.test(text)) fault(path, `imports ${other}/, which lies above it or is not its business`);
    }
    for (const [pattern, why] of /** @type {const} */ ([
      [/inner_html|set_inner_html|js_sys::eval|Function::new/, 'runs or parses markup or code from text'],
      [/[^:]style="/, 'sets style by attribute, which the policy blocks'],
      [/Closure::wrap\(Box::new\(.*as Box<dyn FnMut/, 'keeps a closure in the old way'],
    ])) {
      if (pattern.test(text)) fault(path, why);
    }
    if (path !== 'crates/domain/src/route.rs' && /"\/app\//.test(text)) fault(path, 'names an address of a screen: crates/domain/src/route.rs has them all');
    if (layer === 'app' && path !== 'src/app/state.rs' && /RwSignal|WriteSignal|\bsignal\(|\barc_signal/.test(text)) fault(path, 'holds a signal that a screen could write: src/app/state.rs has the one for it');
    if (layer === 'app' || layer === 'components') {
      for (const sentence of sentencesIn(text, layer === 'components')) fault(path, `says ${sentence}: sentences are in crates/text`);
    }
    if (text.split('\n').length > 600) fault(path, 'is longer than can be read in one sitting (600 lines)');
  }
};

({ source })[process.argv[2]]();
if (faults.length) {
  console.error(faults.map((line) => `gate: ${line}`).join('\n'));
  process.exit(1);
}
