"""The rules of Kubernetes, each in one place with its source."""
