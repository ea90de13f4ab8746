// Joins the files of style/ into one sheet, so that the first paint waits for one request.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

const first = ['tokens.css', 'base.css'];
const files = [...first, ...readdirSync('style').filter((name) => name.endsWith('.css') && !first.includes(name)).toSorted()];
mkdirSync('target', { recursive: true });
const text = files.map((name) => readFileSync(`style/${name}`, 'utf8')).join('\n');
writeFileSync('target/style.css', text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\n\s*/g, '\n').replace(/\n+/g, '\n'));
