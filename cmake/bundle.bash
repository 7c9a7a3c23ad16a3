#!/usr/bin/env bash
# ./bootstrap bundle FILE and ./bootstrap --offline FILE: all sources and wheels in one archive, and a build from them where
# there is no network. What is bundled, and how it is built, stands in debian-packages.txt; bootstrap reads this file.
#
# In the archive: sources/ (as upstream released them), wheels/ (of one Python version, named in `python`), kokkos/ and
# SHA256SUMS of all of these.
#
# shellcheck disable=SC2154  # root, jobs and offline are bootstrap's

readonly bundle_folder=lauebench-bundle

# ---- on a connected machine ------------------------------------------------------------------------------------------

# Columns of debian-packages.txt: package, recipe and name of the source.
bundled_packages() {
  awk '$1 == "build" && $5 != "-" { split($5, how, ":"); print $2, how[1], how[2] }' cmake/debian-packages.txt
}

# apt-get with indexes of sources beside the machine's own ones, which stay as they are. Of the suites only the release
# itself: updates are merged into it.
apt_get_source() {
  local apt=$work/apt
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  # shellcheck disable=SC2016  # apt-get replaces them
  [ -s "$apt/sources.list" ] ||
    apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Label: Debian' |
    awk '$3 !~ /-/ && !seen[$0]++' >"$apt/sources.list"
  apt-get -qq -o Dir::State::lists="$apt/lists" -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::Cache="$apt/cache" -o APT::Sandbox::User= "$@"
}

# Boost.Math is headers alone, a tenth of Boost's source: they come from the package.
fetch_headers() {
  local package name=$2
  package=$(apt-cache depends "$1" | awk '$1 == "Depends:" { print $2; exit }')
  (cd "$work" && apt-get -qq -o APT::Sandbox::User= download "$package")
  dpkg-deb --fsys-tarfile "$work/$package"_*.deb | tar -x -C "$work" ./usr/include
  tar -c -J -f "$content/sources/${name}_headers.tar.xz" -C "$work/usr" include
}

fetch_sources() {
  local package recipe name packages=()
  command -v apt-get >/dev/null || fail "no apt-get here: make the bundle on a machine with Debian"
  while read -r package recipe name; do
    if [ "$recipe" = headers ]; then
      fetch_headers "$package" "$name"
    else
      packages+=("$package")
    fi
  done < <(bundled_packages)
  apt_get_source update || fail "the indexes of Debian's sources cannot be fetched (see above): is there a network?"
  (cd "$content/sources" && apt_get_source source --download-only "${packages[@]}" >/dev/null)
  rm -f "$content"/sources/*.dsc "$content"/sources/*.debian.tar.* "$content"/sources/*.asc
}

fetch_wheels() {
  python3 -m venv "$work/venv"
  "$work/venv/bin/python" -m pip download --quiet --disable-pip-version-check --dest "$content/wheels" \
    './analysis[test]' 'setuptools>=64' wheel
  rm -f "$content"/wheels/laue[_-]report*
  python_version >"$content/python"
}

python_version() { python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

make_bundle() {
  local file=$1 content
  work=$(mktemp -d "$root/build/.bundle-XXXXXXXX")
  trap 'rm -rf "$work"' EXIT
  content=$work/$bundle_folder
  mkdir -p "$content/sources" "$content/wheels" "$content/kokkos"
  step "sources of libraries"
  fetch_sources
  step "wheels for Python $(python_version)"
  fetch_wheels
  step "source of Kokkos"
  kokkos_kernels/provide_kokkos fetch "$content/kokkos" --python "$work/venv/bin/python"
  (cd "$content" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum) >"$work/sums"
  mv "$work/sums" "$content/SHA256SUMS"
  tar -c -z -f "$work/bundle" -C "$work" "$bundle_folder"
  mv "$work/bundle" "$file"
  step "$file: $(du -h "$file" | cut -f1), for ./bootstrap --offline $file build (or demo, test) with Python $(python_version)"
}

# ---- without a network -----------------------------------------------------------------------------------------------

# Sets bundle to the folder in which the archive is unpacked, build/offline.
unpack_bundle() {
  local folder=$root/build/offline
  bundle=$folder/$bundle_folder
  if [ ! -f "$folder/archive" ] || [ "$(cat "$folder/archive")" != "$(sha256sum <"$offline")" ]; then
    step "unpacking $offline"
    rm -rf "$folder"
    mkdir -p "$folder"
    tar --no-same-owner -x -z -f "$offline" -C "$folder" || fail "$offline is no bundle: make it with ./bootstrap bundle FILE"
    (cd "$bundle" && sha256sum --check --quiet SHA256SUMS) || fail "$offline is damaged: copy it again"
    sha256sum <"$offline" >"$folder/archive"
  fi
  [ "$(cat "$bundle/python")" = "$(python_version)" ] ||
    fail "the bundle has wheels for Python $(cat "$bundle/python"), python3 here is $(python_version): load that version, or" \
      "make the bundle with this one"
}

# Static libraries with position-independent code, since the modules link them too. `$1` is the unpacked source. The options
# against tests and examples are those of all packages together.
build_by_cmake() {
  cmake -S "$1" -B "$1/build-lauebench" -G "Unix Makefiles" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_TESTING=OFF -DCLI11_BUILD_TESTS=OFF -DCLI11_BUILD_EXAMPLES=OFF \
    -DJSON_BuildTests=OFF -DFMT_TEST=OFF -DFMT_DOC=OFF -DSPDLOG_BUILD_EXAMPLE=OFF -DSPDLOG_FMT_EXTERNAL=ON \
    -DBENCHMARK_ENABLE_TESTING=OFF &&
    cmake --build "$1/build-lauebench" --parallel "$jobs" &&
    cmake --install "$1/build-lauebench"
}

build_by_make() {
  make -C "$1" -j "$jobs" CFLAGS="-O3 -fPIC" PREFIX="$prefix" install
}

build_by_zlib() { (cd "$1" && CFLAGS="-O3 -fPIC" ./configure --static --prefix="$prefix" && make -j "$jobs" install); }

# hwloc reads topology, PCI devices included, from /sys; the libraries that it could use besides are left out. pkgconf would
# take its own prefix for the system's and tell nobody of it.
build_by_configure() {
  (cd "$1" && ./configure --prefix="$prefix" --libdir="$prefix/lib" --enable-static --disable-shared --with-pic \
    --disable-cairo --disable-libxml2 --disable-pci --disable-libudev --disable-opencl --disable-cuda --disable-nvml \
    --disable-rsmi --disable-levelzero --disable-gl --with-system-libdir=/usr/lib --with-system-includedir=/usr/include &&
    make -j "$jobs" install)
}

# A shared library beside the static one would be preferred, and looked for when the program starts.
build_source() {
  local archive=$1 recipe=$2 source
  source=$(mktemp -d "$prefix/source-XXXXXXXX")
  tar --no-same-owner -x -f "$archive" --strip-components=1 -C "$source"
  if [ "$recipe" = headers ]; then
    mkdir -p "$prefix/include"
    cp -r "$source/." "$prefix/include"
  else
    "build_by_$recipe" "$source"
  fi || return
  rm -rf "$source" "$prefix"/lib/*.so*
}

# Sets prefix. Built once for a bundle and a compiler.
build_bundled() {
  local log wanted package recipe name archive
  prefix=$root/build/offline/libraries log=$root/build/offline/libraries.log
  wanted=$(cat "$root/build/offline/archive" <("${CXX:-c++}" --version) | sha256sum)
  if [ -f "$prefix/complete" ] && [ "$(cat "$prefix/complete")" = "$wanted" ]; then
    return 0
  fi
  step "building the bundled libraries; log: ${log#"$root"/}"
  rm -rf "$prefix"
  mkdir -p "$prefix"
  : >"$log"
  while read -r package recipe name; do
    archive=$(compgen -G "$bundle/sources/${name}_*.tar.*") || fail "the bundle lacks $name ($package): make it again"
    build_source "$archive" "$recipe" >>"$log" 2>&1 </dev/null || {
      tail -n 20 "$log" >&2
      fail "$name did not build; the whole log is $log"
    }
  done < <(bundled_packages)
  printf '%s\n' "$wanted" >"$prefix/complete"
}

# From here on pip, pkg-config, CMake and provide_kokkos take what the bundle holds.
use_bundle() {
  unpack_bundle
  build_bundled
  export PIP_NO_INDEX=1 PIP_FIND_LINKS=$bundle/wheels
  export PKG_CONFIG=$prefix/bin/pkgconf PKG_CONFIG_PATH=$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
  export CMAKE_PREFIX_PATH=$prefix${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}
}
