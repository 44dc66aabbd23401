# PgBouncer before PostgreSQL 15: transactions are pooled, and sessions in the database `sessions`, which stands for `fdj_sessions`.

pgbouncer_ready='process up'

pgbouncer_programs() {
    command -v pgbouncer >/dev/null && { echo /; return; }
    debian bookworm pgbouncer
}

# It keeps nothing.
pgbouncer_data() { :; }

pgbouncer_run() {
    local url='^postgres(ql)?://([^:@]+)(:([^@]*))?@([^:/]+)(:([0-9]+))?/'
    [[ ${FASTDJANGO_TEST_POSTGRES_URL:-} =~ $url ]] || { echo 'there is no PostgreSQL behind it'; return 1; }
    local user=${BASH_REMATCH[2]} password=${BASH_REMATCH[4]} host=${BASH_REMATCH[5]} server=${BASH_REMATCH[7]:-5432}
    local behind="host=$host port=$server user=$user${password:+ password=$password}"
    cat >"$2/pgbouncer.ini" <<INI
[databases]
sessions = $behind dbname=fdj_sessions pool_mode=session
* = $behind
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $3
unix_socket_dir =
auth_type = any
pool_mode = transaction
INI
    own "$2"
    if [ "$1" = / ]; then
        exec_server pgbouncer "$2/pgbouncer.ini"
    else
        within exec_server "$1" usr/sbin/pgbouncer "$2/pgbouncer.ini"
    fi
}

pgbouncer_url() { echo "postgres://fastdjango@127.0.0.1:$1/postgres"; }
