# A certificate for 127.0.0.1, and the one of who vouches for it; the tests find the latter in FASTDJANGO_TEST_CA.

# Makes them in the folder of the servers, where there is an openssl.
certificates() {
    command -v openssl >/dev/null || return 1
    local into=$data/certificates curve=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
    mkdir -p "$into"
    openssl req -x509 "${curve[@]}" -keyout "$into/ca.key" -out "$into/ca.pem" -days 30 -subj '/CN=fastdjango tests' &&
        openssl req "${curve[@]}" -keyout "$into/server.key" -out "$into/server.csr" -subj /CN=127.0.0.1 &&
        echo 'subjectAltName = IP:127.0.0.1' >"$into/names" &&
        openssl x509 -req -in "$into/server.csr" -CA "$into/ca.pem" -CAkey "$into/ca.key" -CAcreateserial \
            -out "$into/server.pem" -days 30 -extfile "$into/names" || return 1
    chmod 600 "$into"/*.key
    own "$into"
    export FASTDJANGO_TEST_CA="$into/ca.pem"
}
