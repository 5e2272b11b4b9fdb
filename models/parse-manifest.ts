import Ajv2020 from 'ajv/dist/2020';
import { type Manifest, ModelError } from './manifest';
import { inconsistencies } from './manifest-faults';
import { manifestSchema } from './manifest-schema';
import { definedOnce } from './schema-parts';

const validate = new Ajv2020({
  allErrors: true,
  discriminator: true,
  strict: true,
  // A discriminated union requires its tag beside the branches that define it.
  strictRequired: false,
  allowUnionTypes: true,
  inlineRefs: false,
  // It is this program's own, and a test checks it.
  validateSchema: false,
  code: { optimize: false },
}).compile<Manifest>(definedOnce(manifestSchema));

/**
 * Reads manifest.json.
 * @param text the file's contents
 * @param where how to name the file in errors
 * @throws ModelError naming every place that does not hold
 */
export function parseManifest(text: string, where: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${where}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!validate(value)) {
    const places = (validate.errors ?? []).map(
      (e) => `${e.instancePath === '' ? '/' : e.instancePath} ${e.message ?? ''}`,
    );
    throw new ModelError(`${where}: not a model manifest: ${places.slice(0, 5).join('; ')}`);
  }
  const faults = inconsistencies(value);
  if (faults.length > 0) throw new ModelError(`${where}: ${faults.join('; ')}`);
  return value;
}
