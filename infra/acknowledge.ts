import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Findings of cdk-nag (github.com/cdklabs/cdk-nag), each with the reason why it stands: rule → reason. */
export type Reasons = Readonly<Record<string, string>>;

/** Says of a construct, and all in it, which findings are meant to be so, and why. */
export function acknowledge(construct: IConstruct, reasons: Reasons): void {
  const findings = Object.entries(reasons).map(([id, reason]) => ({ id, reason }));
  Validations.of(construct).acknowledge(...findings);
}
