/** The price of one unit. */
export interface Price {
  /** The name of the unit. */
  readonly unit: string;
  /** US dollars per unit, before tax. */
  readonly usd: string;
  /** The date of the source. */
  readonly date: string;
  readonly source: string;
  /** If the source is not AWS's own price for this region: where the figure comes from. */
  readonly unconfirmed?: string;
  /** What AWS gives every customer free each month, and where it says so. */
  readonly alwaysFree?: { readonly units: string; readonly source: string };
}

/** AWS's own price lists for this region from September 2026, quoted with their URLs in a public repository. */
const LISTS = 'github.com/aadk979/SPOH_2027 remediation/reports/P05/pricing/prices.json';
const LIST_OF = 'pricing.us-east-1.amazonaws.com/offers/v1.0/aws';
/** An AWS bill for May 2025, published by its owner, with the price of each line. */
const BILL = 'github.com/rahmat-ullah/DocParser backend/sample_full_document.md';

/**
 * The prices of Asia Pacific (Singapore), each with its source and the source's date. AWS's price list is
 * pricing.us-east-1.amazonaws.com/offers/v1.0/aws/SERVICE/current/ap-southeast-1/index.json; the usage type to look up
 * there is in brackets. Tiered prices are those of the first tier.
 *
 * `alwaysFree` is what aws.amazon.com/free calls "always free", without first-year offers or credits. An AWS
 * organization gets it once, for all its accounts. DynamoDB's 25 free units are for provisioned tables, so an on-demand
 * table has none; neither do point-in-time recovery, Secrets Manager, high-resolution alarms, EC2 and its addresses.
 */
export const PRICES = {
  /** [APS1-Request-ARM] */
  lambdaRequest: {
    unit: 'Lambda request',
    usd: '0.0000002',
    date: '2026-08-12',
    source: `${LIST_OF}/AWSLambda/current/ap-southeast-1/index.json`,
    alwaysFree: { units: '1000000', source: 'aws.amazon.com/lambda/pricing' },
  },
  /** [APS1-Lambda-GB-Second-ARM] */
  lambdaGbSecond: {
    unit: 'Lambda GB-second (arm64)',
    usd: '0.0000133334',
    date: '2026-08-12',
    source: `${LIST_OF}/AWSLambda/current/ap-southeast-1/index.json`,
    alwaysFree: { units: '400000', source: 'aws.amazon.com/lambda/pricing' },
  },
  /** [APS1-ScheduledInvocation] */
  schedulerInvocation: {
    unit: 'Scheduler invocation',
    usd: '0.00000125',
    date: '2025-01-01',
    source: 'huggingface.co/datasets/labofsahil/aws-pricing-dataset AWSEvents.csv',
    unconfirmed: 'Tokyo’s; US East has $1.00 a million. Free below 14 million a month.',
    alwaysFree: { units: '14000000', source: 'aws.amazon.com/eventbridge/pricing' },
  },
  /** [APS1-WriteRequestUnits] */
  dynamoWriteUnit: {
    unit: 'DynamoDB write unit',
    usd: '0.00000071',
    date: '2025-06-01',
    source: BILL,
  },
  /** [APS1-ReadRequestUnits] */
  dynamoReadUnit: {
    unit: 'DynamoDB read unit',
    usd: '0.0000001425',
    date: '2026-08-13',
    source: `${LIST_OF}/AmazonDynamoDB/current/ap-southeast-2/index.json`,
    unconfirmed: 'Sydney’s, Mumbai’s and Tokyo’s; Sydney and Mumbai have Singapore’s write price too',
  },
  /** [APS1-TimedStorage-ByteHrs] */
  dynamoStorage: {
    unit: 'DynamoDB GB-month',
    usd: '0.285',
    date: '2026-08-13',
    source: `${LIST_OF}/AmazonDynamoDB/current/ap-southeast-2/index.json`,
    unconfirmed: 'Sydney’s, Mumbai’s and Tokyo’s; Sydney and Mumbai have Singapore’s write price too',
    alwaysFree: { units: '25', source: 'aws.amazon.com/dynamodb/pricing/on-demand' },
  },
  /** [APS1-TimedPITRStorage-ByteHrs] */
  dynamoPitr: {
    unit: 'DynamoDB PITR GB-month',
    usd: '0.228',
    date: '2026-08-13',
    source: `${LIST_OF}/AmazonDynamoDB/current/ap-southeast-2/index.json`,
    unconfirmed: 'Sydney’s, Mumbai’s and Tokyo’s; Sydney and Mumbai have Singapore’s write price too',
  },
  /** [APS1-AWSSecretsManager-Secret] */
  secret: {
    unit: 'secret',
    usd: '0.4',
    date: '2026-09-11',
    source: `${LIST_OF}/AWSSecretsManager/20260911124610/ap-southeast-1/index.json, in ${LISTS}`,
  },
  /** [APS1-AWSSecretsManagerAPIRequest] */
  secretCall: {
    unit: 'Secrets Manager call',
    usd: '0.000005',
    date: '2025-06-01',
    source: BILL,
  },
  /** [APS1-DataProcessing-Bytes] */
  logGb: {
    unit: 'log GB written',
    usd: '0.7',
    date: '2026-09-22',
    source: `${LIST_OF}/AmazonCloudWatch/20260922021715/ap-southeast-1/index.json, in ${LISTS}`,
    alwaysFree: { units: '5', source: 'aws.amazon.com/cloudwatch/pricing' },
  },
  /** [APS1-TimedStorage-ByteHrs] */
  logGbMonth: {
    unit: 'log GB-month',
    usd: '0.03',
    date: '2026-09-22',
    source: `${LIST_OF}/AmazonCloudWatch/20260922021715/ap-southeast-1/index.json, in ${LISTS}`,
    alwaysFree: { units: '5', source: 'aws.amazon.com/cloudwatch/pricing' },
  },
  /** [APS1-CW:MetricMonitorUsage] */
  metric: {
    unit: 'custom metric',
    usd: '0.3',
    date: '2026-09-22',
    source: `${LIST_OF}/AmazonCloudWatch/20260922021715/ap-southeast-1/index.json, in ${LISTS}`,
    alwaysFree: { units: '10', source: 'aws.amazon.com/cloudwatch/pricing' },
  },
  /** One per metric that an alarm watches. [APS1-CW:AlarmMonitorUsage] */
  alarm: {
    unit: 'alarm metric',
    usd: '0.1',
    date: '2026-09-22',
    source: `${LIST_OF}/AmazonCloudWatch/20260922021715/ap-southeast-1/index.json, in ${LISTS}`,
    alwaysFree: { units: '10', source: 'aws.amazon.com/cloudwatch/pricing' },
  },
  /** Periods below a minute. [APS1-CW:HighResAlarmMonitorUsage] */
  fastAlarm: {
    unit: 'alarm metric (< 1 min)',
    usd: '0.3',
    date: '2026-06-13',
    source: 'aws.amazon.com/cloudwatch/pricing',
    unconfirmed: 'US East’s; the price of standard alarms is the same in both regions',
  },
  dashboard: {
    unit: 'dashboard',
    usd: '3',
    date: '2026-08-12',
    source: 'aws.amazon.com/cloudwatch/pricing',
    alwaysFree: { units: '3', source: 'aws.amazon.com/cloudwatch/pricing' },
  },
  /** [APS1-Requests-Tier1] */
  queueRequest: {
    unit: 'SQS request',
    usd: '0.0000004',
    date: '2026-06-13',
    source: 'aws.amazon.com/sqs/pricing',
    unconfirmed: 'US East’s. Free below a million a month.',
    alwaysFree: { units: '1000000', source: 'aws.amazon.com/sqs/pricing' },
  },
  /** [APS1-Requests-Tier1] */
  notice: {
    unit: 'SNS notice',
    usd: '0.0000005',
    date: '2026-06-13',
    source: 'aws.amazon.com/sns/pricing',
    unconfirmed: 'US East’s. Free below a million a month.',
    alwaysFree: { units: '1000000', source: 'aws.amazon.com/sns/pricing' },
  },
  /** [APS1-DeliveryAttempts-SMTP] */
  email: {
    unit: 'SNS e-mail',
    usd: '0.00002',
    date: '2026-06-13',
    source: 'aws.amazon.com/sns/pricing',
    unconfirmed: 'US East’s. Free below a thousand a month.',
    alwaysFree: { units: '1000', source: 'aws.amazon.com/sns/pricing' },
  },
  /** [APS1-BoxUsage:t4g.nano] */
  natInstanceHour: {
    unit: 't4g.nano hour',
    usd: '0.0053',
    date: '2026-09-24',
    source: `${LIST_OF}/AmazonEC2/20260924165117/ap-southeast-1/index.csv, in ${LISTS}`,
    unconfirmed:
      'a quarter of t4g.small’s 0.0212 there, as it is in US East; github.com/fadlytanjung/ccoa-agent docs/16-cost-model.md has it so',
  },
  /** [APS1-EBS:VolumeUsage.gp3] */
  gp3GbMonth: {
    unit: 'EBS gp3 GB-month',
    usd: '0.096',
    date: '2026-09-24',
    source: `${LIST_OF}/AmazonEC2/20260924165117/ap-southeast-1/index.csv, in ${LISTS}`,
  },
  /** [APS1-PublicIPv4:InUseAddress] */
  addressHour: {
    unit: 'public IPv4 hour',
    usd: '0.005',
    date: '2026-09-17',
    source: `${LIST_OF}/AmazonVPC/20260917190528/ap-southeast-1/index.json, in ${LISTS}`,
  },
  /** [APS1-NatGateway-Hours] */
  natGatewayHour: {
    unit: 'NAT gateway hour',
    usd: '0.059',
    date: '2026-09-24',
    source: `${LIST_OF}/AmazonEC2/20260924165117/ap-southeast-1/index.csv, in ${LISTS}`,
  },
  /** [APS1-NatGateway-Bytes] */
  natGatewayGb: {
    unit: 'NAT gateway GB',
    usd: '0.059',
    date: '2026-09-24',
    source: `${LIST_OF}/AmazonEC2/20260924165117/ap-southeast-1/index.csv, in ${LISTS}`,
  },
  /** [APS1-DataTransfer-Out-Bytes] */
  sentGb: {
    unit: 'GB sent to the internet',
    usd: '0.12',
    date: '2026-09-16',
    source: `${LIST_OF}/AWSDataTransfer/20260916132208/ap-southeast-1/index.json, in ${LISTS}`,
    alwaysFree: { units: '100', source: 'aws.amazon.com/ec2/pricing/on-demand' },
  },
  /** [APS1-REGION-AWS-Out-Bytes] */
  replicatedGb: {
    unit: 'GB sent to other regions',
    usd: '0.09',
    date: '2022-11-01',
    source: 'github.com/skyplane-project/skyplane skyplane/data/aws_transfer_costs.csv',
    unconfirmed: 'a public list of 2022, which has this price from Singapore to each of its 22 other regions',
  },
} as const satisfies Record<string, Price>;
