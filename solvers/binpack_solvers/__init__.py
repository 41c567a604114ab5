"""The engine room: integers in, packing and bound out; knows no application, era or Kubernetes."""
