# Sets up what the commands of ./dev need, each part once, and says what is missing when it can't.
# Sourced by ./dev; everything it builds lies in .tools/, which git ignores.

MIN_RUST=1.88
TRUNK_VERSION=0.21.14
CARGO_DENY_VERSION=0.20.2
CARGO_FUZZ_VERSION=0.13.1
CARGO_MUTANTS_VERSION=27.1.0

say() { printf '\033[2m%s\033[0m\n' "$*" >&2; }
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

has_wasm_std() { compgen -G "$("$1" --print sysroot 2>/dev/null)/lib/rustlib/wasm32-unknown-unknown/lib/libcore-*.rlib" >/dev/null; }
is_recent() { at_least "$MIN_RUST" "$("$1" --version 2>/dev/null | cut -d' ' -f2)"; }
can_apt() { have apt-get && [ "$(id -u)" = 0 ]; }

apt_install() {
  local missing=() package
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "setup: installing ${missing[*]} from Debian"
  mkdir -p "$TOOLS"
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$TOOLS/apt.log" 2>&1; then
    tail -n 5 "$TOOLS/apt.log" >&2
    die "Debian's packages ${missing[*]} can't be installed. Check the package sources, or install them yourself."
  fi
}

# Picks the compiler: one that has the wasm32 standard library; else Debian's, for which we build it; else rustup's.
setup_rust() {
  [ -n "${RUST_READY:-}" ] && return 0
  RUST_READY=1
  if have rustc && is_recent rustc && has_wasm_std rustc; then :
  elif [ -x /usr/bin/rustc ] && is_recent /usr/bin/rustc && has_wasm_std /usr/bin/rustc; then use_debian_rust
  elif can_apt && { apt-cache show rust-web-src >/dev/null 2>&1 || { apt-get update -qq >/dev/null 2>&1 && apt-cache show rust-web-src >/dev/null 2>&1; }; }; then
    apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web gcc libc6-dev
    use_debian_rust
    has_wasm_std /usr/bin/rustc || build_wasm_std
  elif have rustup; then
    say "setup: adding wasm32-unknown-unknown with rustup"
    rustup target add wasm32-unknown-unknown || die "rustup can't add the target wasm32-unknown-unknown. Check the network, then run this again."
  else
    die "no Rust compiler for wasm32 found. Install Rust $MIN_RUST or newer from https://rustup.rs, then run this again."
  fi
}

use_debian_rust() {
  mkdir -p "$TOOLS/rust"
  local tool
  for tool in cargo rustc rustdoc rustfmt cargo-fmt cargo-clippy clippy-driver; do
    if [ -x "/usr/bin/$tool" ]; then ln -sf "/usr/bin/$tool" "$TOOLS/rust/$tool"; fi
  done
  export PATH=$TOOLS/rust:$PATH
  unset RUSTUP_TOOLCHAIN
}

# Debian ships the sources of the standard library but not its wasm32 build.
build_wasm_std() {
  say "setup: building the standard library for wasm32 (about a minute)"
  local llvm sysroot work
  llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  apt_install "lld-$llvm"
  sysroot=$(/usr/bin/rustc --print sysroot)
  work=$TOOLS/std
  rm -rf "$work"; mkdir -p "$work"
  cp -rL /usr/src/rustc-*/library "$work/library"
  ( cd "$work/library" && RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA=wasm \
      RUSTFLAGS="-Zforce-unstable-if-unmarked -Cembed-bitcode=yes --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo" CARGO_TARGET_DIR="$work/target" \
      /usr/bin/cargo build --quiet --release --target wasm32-unknown-unknown --manifest-path sysroot/Cargo.toml --features panic-unwind ) \
    || die "the standard library for wasm32 did not build. Remove .tools/std and run this again."
  mkdir -p "$sysroot/lib/rustlib/wasm32-unknown-unknown/lib" "$sysroot/lib/rustlib/x86_64-unknown-linux-gnu/bin"
  cp "$work"/target/wasm32-unknown-unknown/release/deps/*.rlib "$sysroot/lib/rustlib/wasm32-unknown-unknown/lib/"
  ln -sf "/usr/bin/lld-$llvm" "$sysroot/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld"
  rm -rf "$work"
}

# trunk and wasm-bindgen-cli, the latter in exactly the version of the lock file.
setup_wasm_tools() {
  setup_rust
  local bindgen
  bindgen=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)
  install_tool trunk "$TRUNK_VERSION" 6 trunk --version "$TRUNK_VERSION" --locked --no-default-features --features rustls
  # What reads and writes modules is optimized: a page that is not, as `./dev watch` makes it, is 30 MB of them.
  local part fast=(--config profile.dev.debug=0)
  for part in walrus wasmparser wasm-encoder wasm-bindgen-cli-support; do fast+=(--config "profile.dev.package.$part.opt-level=2"); done
  install_tool wasm-bindgen "$bindgen" 4 wasm-bindgen-cli --version "$bindgen" --debug "${fast[@]}"
}

# What the long suites and single commands run.
setup_cargo_deny() { install_tool cargo-deny "$CARGO_DENY_VERSION" 3 cargo-deny --version "$CARGO_DENY_VERSION" --locked; }
setup_cargo_fuzz() {
  have c++ || { can_apt && apt_install g++; }
  have c++ || die "A C++ compiler is missing, which libFuzzer is built with. Install g++, then run this again."
  install_tool cargo-fuzz "$CARGO_FUZZ_VERSION" 1 cargo-fuzz --version "$CARGO_FUZZ_VERSION" --locked
}
setup_cargo_mutants() {
  # It tells its version as a command of cargo only.
  [ "$("$TOOLS/bin/cargo-mutants" mutants --version 2>/dev/null)" = "cargo-mutants $CARGO_MUTANTS_VERSION" ] && return 0
  install_tool cargo-mutants "$CARGO_MUTANTS_VERSION" 2 cargo-mutants --version "$CARGO_MUTANTS_VERSION" --locked
}

install_tool() {
  local binary=$1 version=$2 minutes=$3; shift 3
  case "$("$TOOLS/bin/$binary" --version 2>/dev/null)" in *" $version"*) return 0 ;; esac
  say "setup: building $binary $version (about $minutes minutes, once)"
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 \
    CARGO_TARGET_DIR="$TOOLS/build-$binary" cargo install --quiet --force --root "$TOOLS" "$@" >"$TOOLS/install-$binary.log" 2>&1 \
    || { tail -n 20 "$TOOLS/install-$binary.log" >&2; die "$binary $version did not build. Is crates.io reachable?"; }
  rm -rf "$TOOLS/build-$binary"
}

setup_npm() {
  have node || die "Node.js is missing. Install Node.js 20 or newer, then run this again."
  at_least 20 "$(node --version | tr -d v)" || die "Node.js is too old. Install Node.js 20 or newer, then run this again."
  [ -f node_modules/.package-lock.json ] && [ node_modules/.package-lock.json -nt package-lock.json ] && return 0
  say "setup: installing the npm packages of package-lock.json"
  npm ci --silent --no-audit --no-fund --ignore-scripts || die "npm can't install the packages of package-lock.json. Is the npm registry reachable?"
  touch node_modules/.package-lock.json
}

setup_browser() {
  if can_apt; then apt_install chromium chromium-driver fonts-noto-core fonts-noto-cjk; fi
  CHROMIUM_PATH=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
  CHROMEDRIVER_PATH=$(command -v chromedriver || true)
  [ -n "$CHROMIUM_PATH" ] || die "Chromium is missing. Install chromium, then run this again."
  [ -n "$CHROMEDRIVER_PATH" ] || die "chromedriver is missing. Install the version of your Chromium, then run this again."
  export CHROMIUM_PATH CHROMEDRIVER_PATH
}

# Firefox, which puppeteer steers, and WebKit, which its own driver steers on a screen that nobody sees.
setup_engines() {
  if can_apt; then apt_install firefox-esr webkit2gtk-driver xvfb python3-gi gir1.2-webkit2-4.1; fi
  FIREFOX_PATH=$(command -v firefox-esr || command -v firefox || true)
  [ -n "$FIREFOX_PATH" ] || die "Firefox is missing. Install firefox-esr, then run this again."
  have WebKitWebDriver || die "WebKitWebDriver is missing. Install webkit2gtk-driver, then run this again."
  have Xvfb || die "Xvfb is missing. Install xvfb, then run this again."
  /usr/bin/python3 -c 'import gi; gi.require_version("WebKit2", "4.1")' 2>/dev/null || die "WebKitGTK for Python is missing. Install python3-gi and gir1.2-webkit2-4.1, then run this again."
  export FIREFOX_PATH
}

setup_python() {
  have python3 || die "Python is missing. Install Python 3.10 or newer, then run this again."
  local lock=tests/foreign/requirements.txt
  if [ ! -f "$TOOLS/python.stamp" ] || [ "$lock" -nt "$TOOLS/python.stamp" ]; then
    say "setup: installing MSAL for Python"
    rm -rf "$TOOLS/python"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --require-hashes --target "$TOOLS/python" -r "$lock" \
      || die "pip can't install the packages of $lock. Is PyPI reachable, and is pip installed?"
    touch "$TOOLS/python.stamp"
  fi
  export LATCHKEY_PYTHON=$TOOLS/python
}

# A client of PyPI in an environment of its own: large, so only for the commands that run it.
setup_venv() {
  local name=$1 minutes=$2 lock=${3:-tests/foreign/$1.txt}
  have python3 || die "Python is missing. Install Python 3.10 or newer, then run this again."
  if [ ! -f "$TOOLS/$name.stamp" ] || [ "$lock" -nt "$TOOLS/$name.stamp" ]; then
    say "setup: installing the packages of $lock (about $minutes minutes)"
    rm -rf "${TOOLS:?}/$name"
    { python3 -m venv "$TOOLS/$name" && "$TOOLS/$name/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$lock"; } \
      || die "pip can't install the packages of $lock. Is PyPI reachable, and is python3-venv installed?"
    touch "$TOOLS/$name.stamp"
  fi
}

setup_pip_audit() { setup_venv pip-audit 1 audit/pip-audit.txt; }
setup_graph_sdk() { setup_venv graph-sdk 2; export LATCHKEY_GRAPH_SDK=$TOOLS/graph-sdk; }

# The texts for the Azure CLI use jq.
setup_azure_cli() {
  have jq || { can_apt && apt_install jq; }
  have jq || die "jq is missing. Install jq, then run this again."
  setup_venv azure-cli 3
  export LATCHKEY_AZURE_CLI=$TOOLS/azure-cli
}

# What judges the certificates in the tests.
setup_openssl() {
  have openssl || { can_apt && apt_install openssl; }
  have openssl || die "OpenSSL is missing. Install openssl, then run this again."
}

# What reads the exported tables back in the tests.
setup_office() {
  have soffice || { can_apt && apt_install libreoffice-calc-nogui; }
  have soffice || die "LibreOffice is missing. Install LibreOffice Calc, then run this again."
}

# What serves the page in the tests of hosts. Servers of Debian are not to be started as services of this machine.
setup_hosts() {
  have python3 || die "Python is missing. Install Python 3.10 or newer, then run this again."
  if can_apt; then
    local policy=/usr/sbin/policy-rc.d
    (
      if [ ! -e $policy ]; then
        trap 'rm -f $policy' EXIT
        printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy
      fi
      apt_install nginx-light caddy apache2-bin media-types
    ) || exit 1
  fi
  local tool
  for tool in nginx caddy apache2; do have "$tool" || die "$tool is missing. Install nginx, Caddy and Apache, then run this again."; done
  local lock=tests/hosts/package-lock.json
  if [ ! -f "$TOOLS/hosts.stamp" ] || [ "$lock" -nt "$TOOLS/hosts.stamp" ]; then
    say "setup: installing the npm packages of $lock (400 MB)"
    mkdir -p "$TOOLS/hosts"
    cp tests/hosts/package.json $lock "$TOOLS/hosts/"
    ( cd "$TOOLS/hosts" && npm ci --silent --no-audit --no-fund --ignore-scripts ) || die "npm can't install the packages of $lock. Is the npm registry reachable?"
    touch "$TOOLS/hosts.stamp"
  fi
}
