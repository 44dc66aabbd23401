# MySQL 9: no release of Debian has it, but its next one does.

mysql_ready='ready for connections.*port: [1-9]'

mysql_programs() { debian sid mysql-server-core; }

mysql_data() { mysqld as_server "$1" "$2" --initialize-insecure; }

mysql_run() {
    cat >"$2/init.sql" <<'SQL'
CREATE USER IF NOT EXISTS fastdjango@'127.0.0.1' IDENTIFIED BY 'fastdjango';
GRANT ALL ON *.* TO fastdjango@'127.0.0.1' WITH GRANT OPTION;
SQL
    own "$2"
    local tls=() pair=$data/certificates/server
    [ -z "${FASTDJANGO_TEST_CA:-}" ] || tls=("--ssl-ca=$FASTDJANGO_TEST_CA" "--ssl-cert=$pair.pem" "--ssl-key=$pair.key")
    mysqld exec_server "$1" "$2" "--port=$3" "--socket=$2/socket" "--init-file=$2/init.sql" "--tmpdir=$2" "--pid-file=$2/pid" \
        --bind-address=127.0.0.1 --skip-name-resolve --mysqlx=OFF --max-connections=300 \
        --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M --skip-log-bin "${tls[@]+"${tls[@]}"}"
}

mysqld() {
    local run=$1 root=$2 into=$3
    shift 3
    within "$run" "$root" usr/sbin/mysqld --no-defaults "--basedir=$root/usr" "--datadir=$into" \
        "--lc-messages-dir=$root/usr/share/mysql" "--character-sets-dir=$root/usr/share/mysql/charsets" \
        "--plugin-dir=$root/usr/lib/mysql/plugin" --secure-file-priv=NULL --innodb-redo-log-capacity=8M "$@"
}

mysql_url() { echo "mysql://fastdjango:fastdjango@127.0.0.1:$1/mysql?ssl-mode=DISABLED"; }
