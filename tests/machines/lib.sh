# What the scripts of this folder share. Everything that is downloaded or built lies in one cache: $FORKLINT_MACHINES, or a folder of the user's cache.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPOSITORY=$(cd "$HERE/../.." && pwd)
CACHE=${FORKLINT_MACHINES:-${XDG_CACHE_HOME:-$HOME/.cache}/forklint-machines}
mkdir -p "$CACHE"

say() { echo "$*" >&2; }

#   need PROGRAM=PACKAGE…      ends with 3, and says what to install, where a program is missing
need() {
    local each missing=()
    for each in "$@"; do command -v "${each%%=*}" >/dev/null || missing+=("${each#*=}"); done
    [ ${#missing[@]} -eq 0 ] || { say "these packages are missing: ${missing[*]}; on Debian: apt-get install ${missing[*]}"; exit 3; }
}

#   apt_for SUITE      prints the configuration of an apt for one suite of Debian, so that the machine's own stays as it is
apt_for() {
    local folder=$CACHE/apt/$1
    if [ ! -e "$folder/ready" ]; then
        rm -rf "$folder"
        mkdir -p "$folder/lists/partial" "$folder/archives/partial" "$folder/preferences"
        : >"$folder/status"
        # The mirror that this machine uses; elsewhere than on Debian, Debian's own.
        local mirror
        mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/\?$' || echo http://deb.debian.org/debian)
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" >"$folder/sources.list"
        cat >"$folder/apt.conf" <<C
Dir::Etc::sourcelist "$folder/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferencesparts "$folder/preferences";
Dir::State::lists "$folder/lists";
Dir::State::status "$folder/status";
Dir::Cache "$folder";
APT::Architecture "amd64";
APT::Architectures {"amd64";};
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
C
        say "reading the package list of Debian $1"
        APT_CONFIG=$folder/apt.conf apt-get update -qq >&2
        touch "$folder/ready"
    fi
    echo "$folder/apt.conf"
}

#   unpack SUITE FOLDER PACKAGE…      downloads packages and unpacks them there; nothing is installed
unpack() {
    local configuration folder=$2 package downloads
    configuration=$(apt_for "$1"); shift 2
    downloads=$(mktemp -d "$CACHE/download.XXXXXX")
    for package in "$@"; do
        (cd "$downloads" && APT_CONFIG=$configuration apt-get download -qq "$package" >&2)
    done
    for package in "$downloads"/*.deb; do dpkg-deb -x "$package" "$folder"; done
    rm -rf "$downloads"
}
