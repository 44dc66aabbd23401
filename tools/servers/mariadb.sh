# MariaDB: 10.11 of Debian 12, and the newest that a Debian has.

mariadb_ready='ready for connections'

mariadb_programs() {
    case $1 in
        mariadb) debian bookworm mariadb-server-core ;;
        mariadb_newest) debian trixie mariadb-server-core ;;
    esac
}

# Where its scripts, messages and character sets are: the folder had another name once.
mariadb_share() { if [ -d "$1/usr/share/mariadb" ]; then echo "$1/usr/share/mariadb"; else echo "$1/usr/share/mysql"; fi; }

# What mariadb-install-db does, with the loader and the libraries that the program came with.
mariadb_data() {
    local root=$1 share scripts
    share=$(mariadb_share "$root")
    # They were called after MySQL once.
    scripts=$share/mysql
    [ ! -e "$share/mariadb_system_tables.sql" ] || scripts=$share/mariadb
    mkdir "$2/mysql"
    own "$2"
    {
        echo 'use mysql;'
        echo 'SET @auth_root_socket=NULL;'
        cat "$scripts"_system_tables.sql "$scripts"_system_tables_data.sql "$scripts"_performance_tables.sql \
            "$share"/maria_add_gis_sp_bootstrap.sql
    } | within as_server "$root" usr/sbin/mariadbd --no-defaults --bootstrap "--basedir=$root/usr" "--datadir=$2" \
        "--lc-messages-dir=$share" "--plugin-dir=$root/usr/lib/mysql/plugin" --innodb-log-file-size=8M --max-allowed-packet=8M
}

# One statement a line: MariaDB reads an init file so.
mariadb_run() {
    cat >"$2/init.sql" <<'SQL'
CREATE USER IF NOT EXISTS fastdjango@'127.0.0.1' IDENTIFIED BY 'fastdjango';
GRANT ALL ON *.* TO fastdjango@'127.0.0.1' WITH GRANT OPTION;
SQL
    own "$2"
    local tls=() pair=$data/certificates/server share
    share=$(mariadb_share "$1")
    [ -z "${FASTDJANGO_TEST_CA:-}" ] || tls=("--ssl-ca=$FASTDJANGO_TEST_CA" "--ssl-cert=$pair.pem" "--ssl-key=$pair.key")
    within exec_server "$1" usr/sbin/mariadbd --no-defaults "--basedir=$1/usr" "--datadir=$2" "--port=$3" "--socket=$2/socket" \
        "--lc-messages-dir=$share" "--character-sets-dir=$share/charsets" \
        "--plugin-dir=$1/usr/lib/mysql/plugin" "--init-file=$2/init.sql" "--tmpdir=$2" "--pid-file=$2/pid" \
        --bind-address=127.0.0.1 --skip-name-resolve --character-set-server=utf8mb4 --max-connections=300 \
        --innodb-log-file-size=8M --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M --skip-log-bin "${tls[@]+"${tls[@]}"}"
}

mariadb_url() { echo "mysql://fastdjango:fastdjango@127.0.0.1:$1/mysql?ssl-mode=DISABLED"; }
