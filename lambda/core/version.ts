/** The version of this code, written into every item (`writer`). A test keeps it equal to package.json's. */
export const VERSION = '0.1.0';
