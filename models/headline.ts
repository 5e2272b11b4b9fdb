import type { Figure } from './figures';
import type { Manifest } from './manifest';

/** What a model's held-out rows say of it, the first figure first: names as the field knows them. */
export function headline(manifest: Manifest): readonly (readonly [name: string, figure: Figure])[] {
  switch (manifest.task) {
    case 'binary':
    case 'uplift': {
      const { auc, logLoss, ece } = manifest.metrics.holdout;
      return [
        ['AUC', auc],
        ['log-loss', logLoss],
        ['ECE', ece],
      ];
    }
    case 'text':
    case 'multiclass': {
      const { top1, top3, logLoss, ece } = manifest.metrics.holdout;
      return [
        ['top-1', top1],
        ['top-3', top3],
        ['log-loss', logLoss],
        ['ECE', ece],
      ];
    }
  }
}
