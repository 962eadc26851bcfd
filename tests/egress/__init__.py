"""The ways out: proxies, certificates, and secrets in files."""
