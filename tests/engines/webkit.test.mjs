import { start } from './webkit.mjs';
import { journeys } from './journeys.mjs';

await journeys(start);
