// Validates a ServiceMonitor, JSON on standard input, by the schema of the Prometheus operator.
import { text } from "node:stream/consumers";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";

new ServiceMonitor(JSON.parse(await text(process.stdin))).validate();
