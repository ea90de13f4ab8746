#!/usr/bin/env bash
# Runs the compiler for the page. A macro that leptos uses puts a hash of where its crate lies into the page: here that place is
# told without the folder of the machine.
export CARGO_MANIFEST_PATH=${CARGO_MANIFEST_PATH/#"${CARGO_HOME:-$HOME/.cargo}"/cargo}
exec "$@"
