/** What {@link isTimestampUrl} allows, in words. */
export const TIMESTAMP_URL_FORM =
  'an http or https URL of an RFC 3161 time-stamp authority, at most 1,000 characters and without a user name';

/** Whether a text can be the URL of a time-stamp authority. Many use plain HTTP: what they send is signed. */
export function isTimestampUrl(text: string): boolean {
  if (text.length > 1_000 || /[^\x21-\x7e]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + hash === '';
}
