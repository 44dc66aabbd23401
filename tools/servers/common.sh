# What every kind of server needs. Each kind has three functions: KIND_programs finds or fetches its programs, KIND_data makes its
# first data, KIND_run starts it.

# The variable of a server's URL.
variable_of() { echo "FASTDJANGO_TEST_${1^^}_URL"; }

# The kind of a server: one kind may run in several versions.
kind_of() {
    local kind=${1%_newest}
    echo "${kind%_oldest}"
}

# Programs and first data of a server, both in the cache. Two at once do the same work, and one of them wins.
prepare() {
    local name=$1 kind programs
    kind=$(kind_of "$name")
    programs=$("${kind}_programs" "$name") || return 1
    echo "$programs" >"$data/$name.programs"
    local kept="$cache/$name-data.tar"
    if [ ! -e "$kept" ]; then
        local made="$data/$name.first"
        mkdir -p "$made"
        own "$made"
        "${kind}_data" "$programs" "$made" || return 1
        tar -C "$made" -cf "$kept.$$" . && mv "$kept.$$" "$kept"
        rm -rf "$made"
    fi
    mkdir -p "$data/$name.data"
    tar -C "$data/$name.data" -xf "$kept"
    own "$data/$name.data"
}

# Starts a prepared server, and leaves its URL in `url`.
start() {
    local name=$1 kind port ready
    kind=$(kind_of "$name")
    ready=${kind}_ready
    for _ in 1 2 3; do
        port=$(free_port)
        "${kind}_run" "$(cat "$data/$name.programs")" "$data/$name.data" "$port" >"$data/$name.log" 2>&1 &
        local pid=$!
        pids+=("$pid")
        for _ in $(seq 600); do
            if grep -q "${!ready}" "$data/$name.log"; then
                url=$("${kind}_url" "$port")
                return 0
            fi
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
    done
    return 1
}

# Puts a folder into the cache, whole or not at all.
keep() {
    rm -rf "$2.$$"
    cp -a "$1" "$2.$$"
    rm -rf "$2"
    mv -T "$2.$$" "$2"
}

# A port of loopback that nobody listens on.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

# Runs a server's program: not as root, and killed with this script, even by SIGKILL.
as_server() { (exec_server "$@"); }

# The same in the place of this shell, so that its process is the server's.
exec_server() {
    local words=()
    if command -v setpriv >/dev/null; then
        words=(setpriv --pdeathsig KILL)
        [ "$(id -u)" != 0 ] || words+=(--reuid nobody --regid nogroup --clear-groups)
    fi
    exec "${words[@]+"${words[@]}"}" "$@"
}

# Gives a folder to whoever runs the servers.
own() { [ "$(id -u)" != 0 ] || chown -R nobody:nogroup "$1"; }

# The system's own mirror, for another suite of it.
debian_sources() {
    if [ -e /etc/apt/sources.list.d/debian.sources ]; then
        awk -v suite="$1" 'BEGIN { RS = "" } !/URIs:[^\n]*security/ { sub(/Suites:[^\n]*/, "Suites: " suite); print; exit }' \
            /etc/apt/sources.list.d/debian.sources
    else
        awk -v suite="$1" '$1 == "deb" && !/security/ && !/\[/ {
            printf "Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n", $2, suite; exit }' /etc/apt/sources.list
    fi
}

# Unpacks a package of a Debian suite and all that it depends on into the cache, without touching the system: an apt of our own
# with no package installed. Prints the folder.
debian() {
    local suite=$1 package=$2 into="$cache/$2-$1"
    if [ ! -e "$into/.whole" ]; then
        command -v apt-get >/dev/null || { echo "no apt-get to fetch $package with" >&2; return 1; }
        local apt="$data/apt-$package-$suite" root="$data/root-$package-$suite"
        mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/parts" "$root"
        : >"$apt/status"
        debian_sources "$suite" >"$apt/debian.sources"
        local options=(-o "Dir::State=$apt" -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt"
            -o "Dir::Etc::sourcelist=$apt/debian.sources" -o "Dir::Etc::sourceparts=$apt/parts" -o Dir::Etc::preferencesparts=/dev/null
            -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User=root
            -o Debug::NoLocking=1 -qq)
        # Whoever calls asks how it ended, and then no failure ends the script by itself.
        apt-get "${options[@]}" update >&2 || return 1
        apt-get "${options[@]}" install --download-only -y --no-install-recommends "$package" >&2 || return 1
        for deb in "$apt"/archives/*.deb; do
            case $(basename "$deb") in
                perl* | libperl* | libdb5* | libgdbm* | gcc-*-base* | libc-gconv-modules-extra*) ;;
                *) dpkg -x "$deb" "$root" || return 1 ;;
            esac
        done
        touch "$root/.whole"
        keep "$root" "$into"
    fi
    echo "$into"
}

# Runs a program of such a folder with its own loader and libraries, by one of the two functions above.
within() {
    local run=$1 root=$2 program=$3 machine loader
    shift 3
    machine=$(uname -m)-linux-gnu
    loader=$(find "$root" -name 'ld-linux-*.so.*' | sort | head -n 1)
    "$run" "$loader" --library-path "$root/lib/$machine:$root/usr/lib/$machine" "$root/$program" "$@"
}
