# A certificate for 127.0.0.1, one of a client, and the one of who vouches for both; the tests find the last in FASTDJANGO_TEST_CA, and the
# others beside it.

# Makes them in the folder of the servers, where there is an openssl.
certificates() {
    command -v openssl >/dev/null || return 1
    local into=$data/certificates curve=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
    mkdir -p "$into"
    openssl req -x509 "${curve[@]}" -keyout "$into/ca.key" -out "$into/ca.pem" -days 30 -subj '/CN=fastdjango tests' &&
        signed server 127.0.0.1 'subjectAltName = IP:127.0.0.1' &&
        signed client fastdjango_certified 'extendedKeyUsage = clientAuth' || return 1
    chmod 600 "$into"/*.key
    own "$into"
    export FASTDJANGO_TEST_CA="$into/ca.pem"
}

# A certificate that is vouched for: its file, its name, and what it is for.
signed() {
    openssl req "${curve[@]}" -keyout "$into/$1.key" -out "$into/$1.csr" -subj "/CN=$2" &&
        echo "$3" >"$into/$1.extensions" &&
        openssl x509 -req -in "$into/$1.csr" -CA "$into/ca.pem" -CAkey "$into/ca.key" -CAcreateserial \
            -out "$into/$1.pem" -days 30 -extfile "$into/$1.extensions"
}
