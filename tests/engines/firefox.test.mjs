import { start } from './firefox.mjs';
import { journeys } from './journeys.mjs';

await journeys(start);
