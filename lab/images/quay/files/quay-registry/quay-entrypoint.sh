#!/bin/sh
# Entry point of the Quay stand-in; the modes are those of the real image.
cd /quay-registry && exec python3 -m standin "$@"
