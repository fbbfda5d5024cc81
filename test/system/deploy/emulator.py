"""Runs ministack, an emulated AWS, with the few things it lacks and our stack needs. README.md says what each means.

It ends when its standard input closes, so it never outlives the test that started it.
"""

import os
import signal
import sys
import threading
from datetime import datetime, timezone

from ministack.app import main
from ministack.core.responses import get_region
from ministack.services import dynamodb, eventbridge, scheduler, secretsmanager, ssm
from ministack.services.cloudformation import provisioners

HANDLERS = provisioners._RESOURCE_HANDLERS


def after(resource_type, *actions):
    """Calls a function with the physical name and the properties of a resource, after the emulator's own action."""

    def amended(own, amend):
        def action(*arguments, **others):
            name, attributes = own(*arguments, **others)
            amend(name, [argument for argument in arguments if isinstance(argument, dict)][-1])
            return name, attributes

        return action

    def register(amend):
        handler = HANDLERS[resource_type]
        handler.update({action: amended(handler[action], amend) for action in actions})

    return register


# It ignores the settings of a global table's replicas, among them those of the table itself.
@after("AWS::DynamoDB::GlobalTable", "create", "update")
def protect_table(name, properties):
    home = next(replica for replica in properties["Replicas"] if replica["Region"] == get_region())
    dynamodb._tables[name]["DeletionProtectionEnabled"] = home.get("DeletionProtectionEnabled", False)
    backups = home.get("PointInTimeRecoverySpecification", {})
    dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": backups})


# It gives a secret without a value an empty one.
@after("AWS::SecretsManager::Secret", "create")
def leave_empty(name, properties):
    if "SecretString" not in properties and "GenerateSecretString" not in properties:
        secretsmanager._secrets[name]["Versions"] = {}


# It does not keep the zone of a schedule. Even so, it fires in UTC.
@after("AWS::Scheduler::Schedule", "create", "update")
def keep_zone(name, properties):
    schedule = scheduler._schedules[f"{properties['GroupName']}/{name}"]
    schedule["ScheduleExpressionTimezone"] = properties["ScheduleExpressionTimezone"]


# Its Scheduler does not fill in the time. It looks every 10 s, and no schedule is finer than a minute.
invoke_target = eventbridge._invoke_target


def invoke_with_scheduled_time(target, event, rule, view=None):
    if event["Source"] == "aws.scheduler":
        minute = datetime.fromtimestamp(event["Time"] // 60 * 60, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        target = {**target, "Input": target["Input"].replace("<aws.scheduler.scheduled-time>", minute)}
    return invoke_target(target, event, rule, view)


eventbridge._invoke_target = invoke_with_scheduled_time

# It rejects alarms on expressions. Here they become alarms on the first of their metrics: it evaluates no alarm of ours.
alarm_record = provisioners._cw_metric_alarm_record


def alarm_on_first_metric(name, properties):
    stat = next((metric["MetricStat"] for metric in properties.get("Metrics") or [] if "MetricStat" in metric), None)
    return alarm_record(name, {**properties, "Metrics": None, **stat["Metric"]} if stat else properties)


provisioners._cw_metric_alarm_record = alarm_on_first_metric


# It cannot create these. Here they are names, with an address that is reserved for documentation.
def name_only(**attributes):
    return {"create": lambda logical_id, *_: (logical_id, attributes), "delete": lambda *_: None}


HANDLERS["AWS::EC2::EIP"] = name_only(PublicIp="192.0.2.1", AllocationId="eipalloc-0")
for absent in ("EIPAssociation", "Instance", "NatGateway", "SecurityGroupIngress"):
    HANDLERS[f"AWS::EC2::{absent}"] = name_only()
IMAGES = "/aws/service/ami-amazon-linux-latest"
ssm._PUBLIC_AMI_PARAMETERS[f"{IMAGES}/al2023-ami-minimal-kernel-default-arm64"] = "ami-0c2023a1b2c3d4e5f"


def end_with_the_test():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with_the_test, daemon=True).start()
main()
