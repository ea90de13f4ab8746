# Sets up what the commands of ./dev need, each part once, and says what is missing when it can't.
# Sourced by ./dev; everything it builds lies in .tools/, which git ignores.

MIN_RUST=1.88
TRUNK_VERSION=0.21.14

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
  install_tool wasm-bindgen "$bindgen" 3 wasm-bindgen-cli --version "$bindgen" --debug
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
