import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen, stop } from '../../../infra/local/http-server.ts';

/** An AWS account with at most one stack, as far as `cdk import --no-execute` looks. */
export interface AwsAccount {
  readonly endpoint: string;
  /** The parameters of each change set requested. */
  readonly changeSets: readonly URLSearchParams[];
  /** The parameters of the only one. */
  changeSet(): URLSearchParams;
  close(): Promise<void>;
}

/**
 * Answers the STS, SSM and CloudFormation calls that `cdk import` makes, and keeps the change set it requests. It checks
 * nothing: CloudFormation's own answer is not simulated.
 *
 * @param deployed the template of the stack; none is deployed if undefined.
 */
export async function startAwsAccount(deployed?: string): Promise<AwsAccount> {
  const changeSets: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    const query = new URLSearchParams(await text(request));
    const action = query.get('Action') ?? String(request.headers['x-amz-target']);
    const answer = (status: number, body: string) => {
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    };
    const result = (inner: string) =>
      answer(200, `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`);
    const refuse = (code: string, message: string) =>
      answer(
        400,
        `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
      );
    switch (action) {
      case 'GetCallerIdentity':
        return result('<Account>000000000000</Account><Arn>arn:aws:iam::000000000000:user/ops</Arn>');
      case 'AssumeRole':
        return refuse('AccessDenied', 'the caller has the rights itself');
      case 'AmazonSSM.GetParameter':
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
        return response.end('{"Parameter":{"Name":"/cdk-bootstrap/version","Type":"String","Value":"31"}}');
      case 'DescribeStacks':
        return deployed === undefined
          ? refuse('ValidationError', `Stack with id ${query.get('StackName')} does not exist`)
          : result(
              `<Stacks><member><StackName>${query.get('StackName')}</StackName><StackId>arn:aws:cloudformation:stack</StackId><CreationTime>2026-11-22T06:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus></member></Stacks>`,
            );
      case 'GetTemplate':
        return result(
          `<TemplateBody>${deployed?.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</TemplateBody>`,
        );
      case 'DeleteChangeSet':
        return result('');
      case 'CreateChangeSet':
        changeSets.push(query);
        return result(
          '<Id>arn:aws:cloudformation:change-set</Id><StackId>arn:aws:cloudformation:stack</StackId>',
        );
      case 'DescribeChangeSet':
        if (changeSets.length === 0) return refuse('ChangeSetNotFound', 'there is no such change set');
        return result(
          '<Status>CREATE_COMPLETE</Status><Changes><member><Type>Resource</Type></member></Changes>',
        );
      default:
        return refuse('InvalidAction', `${action} is not answered here`);
    }
  });
  return {
    endpoint: await listen(server),
    changeSets,
    changeSet: () => {
      const [only, ...others] = changeSets;
      if (only === undefined || others.length > 0) throw new Error(`${changeSets.length} change sets`);
      return only;
    },
    close: () => stop(server),
  };
}
