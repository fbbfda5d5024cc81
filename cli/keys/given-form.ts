/** A key pair as it is written to standard input, in words. */
export const GIVEN_FORM = '{"accessKey":"…","secretKey":"…","expiresOn":"2027-10-01"}';
