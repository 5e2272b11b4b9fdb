import { keyOf, type EntityType, type Property, type ServiceModel } from '../model/entity-type';

const property = ({ name, kind, maxLength, scale, readOnly, key }: Property): string => {
  const length = maxLength === undefined ? '' : ` ${kind === 'Decimal' ? 'Precision' : 'MaxLength'}="${maxLength}"`;
  const digits = scale === undefined ? '' : ` Scale="${scale}"`;
  const locked = readOnly ? ' sap:creatable="false" sap:updatable="false"' : '';
  return `<Property Name="${name}" Type="Edm.${kind}"${key ? ' Nullable="false"' : ''}${length}${digits}${locked}/>`;
};

const entityType = (namespace: string, type: EntityType): string => {
  const keys = keyOf(type).map((name) => `<PropertyRef Name="${name}"/>`);
  const navigations = type.navigations.map(
    ({ name }) =>
      `<NavigationProperty Name="${name}" Relationship="${namespace}.${type.name}_${name}" FromRole="From" ToRole="To"/>`,
  );
  return `<EntityType Name="${type.name}"><Key>${keys.join('')}</Key>${type.properties.map(property).join('')}${navigations.join('')}</EntityType>`;
};

const associations = ({ namespace, types }: ServiceModel): string =>
  types
    .flatMap((from) =>
      from.navigations.map(({ name, to, many }) => {
        const target = types.find(({ set }) => set === to)?.name ?? '';
        return (
          `<Association Name="${from.name}_${name}"><End Type="${namespace}.${from.name}" Multiplicity="1" Role="From"/>` +
          `<End Type="${namespace}.${target}" Multiplicity="${many ? '*' : '0..1'}" Role="To"/></Association>`
        );
      }),
    )
    .join('');

/** The metadata document of a service. */
export const metadataOf = (model: ServiceModel): string => {
  const { namespace, types } = model;
  const sets = types.map(
    ({ set, name, deletable }) =>
      `<EntitySet Name="${set}" EntityType="${namespace}.${name}"${deletable ? '' : ' sap:deletable="false"'}/>`,
  );
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"' +
    ' xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xmlns:sap="http://www.sap.com/Protocols/SAPData">' +
    `<edmx:DataServices m:DataServiceVersion="2.0"><Schema Namespace="${namespace}" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">` +
    types.map((type) => entityType(namespace, type)).join('') +
    associations(model) +
    `<EntityContainer Name="${namespace}_Entities" m:IsDefaultEntityContainer="true">${sets.join('')}</EntityContainer>` +
    '</Schema></edmx:DataServices></edmx:Edmx>'
  );
};
