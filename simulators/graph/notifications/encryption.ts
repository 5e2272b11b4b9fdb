import { constants, createCipheriv, createHmac, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import { badRequest } from '../refusal';

/** The certificate of a subscription, base64 of DER or of PEM. @throws Refusal where it is none */
export const certificateIn = (text: string): X509Certificate => {
  try {
    return new X509Certificate(Buffer.from(text, 'base64'));
  } catch {
    throw badRequest('Certificate is not valid.');
  }
};

/** A resource as notifications carry it: a fresh AES key under the certificate, the text under the key, and a signature. */
export const encrypted = (resource: object, text: string, certificateId: string): object => {
  const certificate = certificateIn(text);
  const key = randomBytes(32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
  const data = Buffer.concat([cipher.update(JSON.stringify(resource)), cipher.final()]);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return {
    data: data.toString('base64'),
    dataKey: publicEncrypt({ key: certificate.publicKey, padding, oaepHash: 'sha1' }, key).toString('base64'),
    dataSignature: createHmac('sha256', key).update(data).digest('base64'),
    encryptionCertificateId: certificateId,
    encryptionCertificateThumbprint: certificate.fingerprint.replaceAll(':', ''),
  };
};
