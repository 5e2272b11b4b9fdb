import path from 'node:path';

/** The project's root: where `models/` and the workflow bundle are found, from sources and from `dist/` alike. */
export const projectRoot = path.resolve(__dirname, path.basename(path.dirname(__dirname)) === 'dist' ? '../..' : '..');
