"""What a running app tells monitoring: figures by OpenTelemetry's names, no people, no texts."""
