import type { KnownModels } from './use-case';
import type { WrittenUseCase } from './written';

/**
 * A use case with what its model brings along where the file does not say it: which entity, which bands, what each calls for. What
 * the file says wins, key by key; with bands of its own it loses the entry's acts for others.
 */
export const withCatalogue = (name: string, written: WrittenUseCase, models: KnownModels): WrittenUseCase => {
  const entry = models.get(written.model ?? name)?.manifest.useCase;
  if (entry === undefined) return written;
  const { bands = entry.bands } = written;
  const act = Object.fromEntries(Object.entries(entry.act).filter(([band]) => Object.hasOwn(bands, band)));
  return { ...entry, act, ...written };
};
