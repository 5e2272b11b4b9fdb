export { startIssuer, type Issuer } from './issuer';
export { encode, Sender, type Mode } from './sender';
export { signature } from './signature';
