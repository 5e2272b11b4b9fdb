import path from 'node:path';
import { projectRoot } from '../project-root';

/** Built with the project: Temporal's SDK takes the converter as a file, into the workflows' bundle, too. */
export const payloadConverterPath = path.join(projectRoot, 'dist', 'workflows', 'payload-converter.js');
