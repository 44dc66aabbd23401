# Turns README.md into the shell script that a newcomer would type: files where it shows files, commands where it shows commands.
/^## Your own project/ { print "cd \"$FRESH\"" }
/^```console/ { console = 1; next }
/^```[a-z]+ title=/ {
    path = $2
    sub(/^title=/, "", path)
    print "mkdir -p \"$(dirname " path ")\" && cat >" path " <<'END OF FILE'"
    file = 1
    next
}
/^```/ {
    if (file) { print "END OF FILE" }
    console = 0
    file = 0
    next
}
console && sub(/^\$ /, "") { print "echo '+' '" $0 "'"; print }
file { print }
