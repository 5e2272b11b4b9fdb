import type { EntityName } from '../canonical-schema/entity';

/** What a use case over the model does where the tenant's file does not say: in the words of that file. */
export interface CatalogueEntry {
  /** Events of this entity are scored. */
  readonly entity: EntityName;
  readonly bands: Readonly<Record<string, number>>;
  /** What each band calls for. */
  readonly act: Readonly<
    Record<
      string,
      readonly { readonly task: { readonly subject: string; readonly body?: string; readonly due?: string } }[]
    >
  >;
  readonly outcome?: { readonly within: string };
}

/** What every manifest tells. */
export interface ManifestBase {
  readonly manifestVersion: 1;
  readonly name: string;
  readonly version: string;
  readonly title: string;
  /** What a score is a percentage of, behind the number: `87 % likely` where it does not say. */
  readonly scoreWord?: string;
  /** The model's entry in the catalogue of use cases: what a tenant's file need not say. */
  readonly useCase?: CatalogueEntry;
  /** File of the model in the manifest's folder (ONNX; of a text model its weights), and its SHA-256 in hex. */
  readonly file: string;
  readonly sha256: string;
  readonly training: {
    readonly date: string;
    readonly seed: number;
    readonly split: string;
    readonly data: {
      readonly name: string;
      readonly rows: number;
      readonly sha256: string;
      readonly licence: string;
      readonly source: string;
    };
    readonly versions: Readonly<Record<string, string>>;
  };
}

/** The least score for something to be done with the best class; share of the held-out rows that have it, and share right. */
export interface Gate {
  readonly from: number;
  readonly why: string;
  readonly coverage: number;
  readonly accuracy: number;
}
