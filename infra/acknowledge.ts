import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Findings of cdk-nag (github.com/cdklabs/cdk-nag) or of the CDK's validator, each with the reason to accept it: rule → reason. */
export type Reasons = Readonly<Record<string, string>>;

/** Accepts findings for a construct and everything in it, with the reasons. */
export function acknowledge(construct: IConstruct, reasons: Reasons): void {
  const findings = Object.entries(reasons).map(([id, reason]) => ({ id, reason }));
  Validations.of(construct).acknowledge(...findings);
}
